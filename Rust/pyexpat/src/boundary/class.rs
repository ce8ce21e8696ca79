//! The class `xmlparser`: what the collector sees of a parser, and the table of attributes.

use super::attributes::ATTRIBUTES;
use super::parser::{Core, XmlParser, give_up};
use cpython_api::{Attribute, Declaration, InstanceData, Python, Traversal, Visit, instance_slots, rust_instance};
use std::ffi::CStr;
use std::mem;

impl InstanceData for XmlParser {
    const NAME: &'static CStr = c"pyexpat.xmlparser";
    // SAFETY: the function returns the slots of this type.
    const DECLARATION: Option<Declaration> = Some(unsafe { Declaration::new(pyexpat_xmlparser_instance) });
    const ATTRIBUTES: &'static [Attribute] = ATTRIBUTES;

    fn traverse(&self, visit: &mut Visit<'_>) -> Traversal {
        visit.references(&self.intern)?;
        visit.references(&self.parent)?;
        // If a call has taken the parser, its references are not visited, and the collector considers the objects reachable.
        self.core.traverse(visit, |visit, core| match core {
            Some(core) => visit.references(core.handlers.iter().flatten()),
            None => Ok(()),
        })
    }

    fn clear(&self, py: Python<'_>) {
        // A cycle through the dict or the parent contains another object whose `tp_clear` breaks it.
        let handlers = self.core.lock(py).as_deref_mut().map(Core::remove_handlers);
        handlers.into_iter().for_each(|handlers| give_up(py, handlers));
    }

    fn release(self, py: Python<'_>) {
        if let Some(mut core) = self.core.into_inner() {
            mem::take(&mut core.names).into_values().for_each(|name| name.drop_ref(py));
            give_up(py, core.remove_handlers());
        }
        drop(self.intern.map(|intern| intern.into_bound(py)));
        drop(self.parent.map(|parent| parent.into_bound(py)));
    }
}

/// The common slots of the class.
#[unsafe(no_mangle)]
pub extern "C" fn pyexpat_xmlparser_instance() -> rust_instance {
    instance_slots::<XmlParser>()
}
