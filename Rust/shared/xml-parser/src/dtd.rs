//! The declarations of the DTD: entities, and attributes with their types and defaults.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use try_alloc::{Arc, NoMemory};

use crate::error::Error;

/// Text that is shared by the DTD and the parsers that use it. Empty text takes no memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Option<Arc<Vec<u8>>>);

impl Shared {
    /// Takes over a text.
    pub(crate) fn new(text: Vec<u8>) -> Result<Self, NoMemory> {
        Ok(Self(if text.is_empty() { None } else { Some(Arc::try_new(text)?) }))
    }
}

impl Deref for Shared {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |text| text.as_slice())
    }
}

/// A shared copy of a text.
pub(crate) fn share(text: &[u8]) -> Result<Shared, Error> {
    let mut copy = Vec::new();
    try_alloc::extend(&mut copy, text)?;
    Ok(Shared::new(copy)?)
}

/// A name as the key of a map, which is looked up by a slice. The maps are keyed with random numbers (SipHash).
#[derive(Debug)]
struct Key(Shared);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

impl Eq for Key {}

// The hash has to be that of the slice as which a key is borrowed.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

/// Inserts into a map whose growth may fail.
fn insert(map: &mut HashMap<Key, usize>, name: &Shared, index: usize) -> Result<(), Error> {
    map.try_reserve(1)?;
    map.insert(Key(name.clone()), index);
    Ok(())
}

/// The name of the entry for the external subset, which is not a valid XML name.
pub(crate) const EXTERNAL_SUBSET: &[u8] = b"#";

/// An entity (4.2).
#[derive(Debug, Default)]
pub(crate) struct Entity {
    pub(crate) name: Shared,
    /// The replacement text of an internal entity.
    pub(crate) text: Option<Shared>,
    pub(crate) system_id: Option<Shared>,
    pub(crate) public_id: Option<Shared>,
    pub(crate) base: Option<Shared>,
    pub(crate) notation: Option<Shared>,
    /// Whether it is declared in the internal subset itself and not in a parameter entity.
    pub(crate) is_internal: bool,
    /// Whether a parameter entity is being read.
    pub(crate) open: bool,
}

/// Entities by name and by index.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    index: HashMap<Key, usize>,
    list: Vec<Entity>,
}

impl Entities {
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        self.index.get(name).copied()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Entity> {
        self.list.get(index)
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut Entity> {
        self.list.get_mut(index)
    }

    /// Adds an entity; `None` if there is one of this name.
    pub(crate) fn add(&mut self, name: &[u8]) -> Result<Option<usize>, Error> {
        if self.index.contains_key(name) {
            return Ok(None);
        }
        let name = share(name)?;
        let index = self.list.len();
        // The index and the list stay consistent if an allocation fails: the parser of the document may continue after that of an
        // entity has failed.
        try_alloc::reserve(&mut self.list, 1)?;
        insert(&mut self.index, &name, index)?;
        self.list.push(Entity { name, ..Entity::default() });
        Ok(Some(index))
    }

    /// The entity of this name, which is added if there is none.
    pub(crate) fn find_or_add(&mut self, name: &[u8]) -> Result<usize, Error> {
        match self.find(name) {
            Some(found) => Ok(found),
            None => self.add(name)?.ok_or(Error::UnexpectedState),
        }
    }
}

/// The default of an attribute: positions in [`ElementType::default_text`], which has the name and after it the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttributeDefault {
    /// The index of the definition.
    pub(crate) definition: usize,
    pub(crate) name: usize,
    pub(crate) value: usize,
    pub(crate) end: usize,
}

/// An attribute definition (53).
#[derive(Debug)]
pub(crate) struct AttributeDefinition {
    /// Whether the type is CDATA; values of other types lose superfluous spaces.
    pub(crate) is_cdata: bool,
}

/// The attribute definitions of an element type.
#[derive(Debug, Default)]
pub(crate) struct ElementType {
    attributes: Vec<AttributeDefinition>,
    /// The defaults and their text: a start tag visits only these definitions, and copies the text at once.
    pub(crate) defaults: Vec<AttributeDefault>,
    pub(crate) default_text: Vec<u8>,
    index: HashMap<Key, usize>,
    /// The attribute of type ID.
    pub(crate) id: Option<Shared>,
}

impl ElementType {
    /// The number of definitions.
    pub(crate) const fn len(&self) -> usize {
        self.attributes.len()
    }

    /// The definition of an attribute and its index.
    pub(crate) fn attribute(&self, name: &[u8]) -> Option<(usize, &AttributeDefinition)> {
        let &index = self.index.get(name)?;
        Some((index, self.attributes.get(index)?))
    }

    /// Adds a definition. The first one for an attribute is binding (3.3).
    pub(crate) fn define(
        &mut self,
        name: &Shared,
        is_cdata: bool,
        is_id: bool,
        value: Option<&[u8]>,
        is_declaration: bool,
    ) -> Result<(), Error> {
        if value.is_some() || is_id {
            if self.index.contains_key(&**name) {
                return Ok(());
            }
            if is_id && self.id.is_none() && !is_declaration {
                self.id = Some(name.clone());
            }
        }
        if self.index.contains_key(&**name) {
            return Ok(());
        }
        let definition = self.attributes.len();
        try_alloc::reserve(&mut self.attributes, 1)?;
        if let Some(value) = value {
            try_alloc::reserve(&mut self.defaults, 1)?;
            try_alloc::reserve(&mut self.default_text, name.len() + value.len())?;
        }
        insert(&mut self.index, name, definition)?;
        self.attributes.push(AttributeDefinition { is_cdata });
        if let Some(text) = value {
            let name_start = self.default_text.len();
            self.default_text.extend_from_slice(name);
            let value = self.default_text.len();
            self.default_text.extend_from_slice(text);
            let end = self.default_text.len();
            self.defaults.push(AttributeDefault { definition, name: name_start, value, end });
        }
        Ok(())
    }
}

/// The declarations.
#[derive(Debug)]
pub(crate) struct Dtd {
    pub(crate) general: Entities,
    pub(crate) parameter: Entities,
    elements: HashMap<Key, usize>,
    element_types: Vec<ElementType>,
    /// Whether declarations are processed: they are not after a reference to a parameter entity that was not read
    /// (5.1).
    pub(crate) keep_processing: bool,
    pub(crate) has_param_entity_refs: bool,
    pub(crate) standalone: bool,
    pub(crate) param_entity_read: bool,
    /// An estimate of the memory that the declarations take.
    pub(crate) held: usize,
}

impl Dtd {
    pub(crate) fn new() -> Self {
        Self {
            general: Entities::default(),
            parameter: Entities::default(),
            elements: HashMap::new(),
            element_types: Vec::new(),
            keep_processing: true,
            has_param_entity_refs: false,
            standalone: false,
            param_entity_read: false,
            held: 0,
        }
    }

    /// Whether there are attribute definitions.
    pub(crate) const fn has_attlists(&self) -> bool {
        !self.element_types.is_empty()
    }

    /// Whether there are entities.
    pub(crate) const fn has_entities(&self) -> bool {
        !self.general.list.is_empty() || !self.parameter.list.is_empty()
    }

    /// The definitions for an element type.
    pub(crate) fn element(&self, name: &[u8]) -> Option<&ElementType> {
        self.element_types.get(*self.elements.get(name)?)
    }

    /// The definitions for an element type, which is added if there are none.
    pub(crate) fn element_mut(&mut self, name: &[u8]) -> Result<&mut ElementType, Error> {
        let index = match self.elements.get(name) {
            Some(&found) => found,
            None => {
                try_alloc::reserve(&mut self.element_types, 1)?;
                insert(&mut self.elements, &share(name)?, self.element_types.len())?;
                self.element_types.push(ElementType::default());
                self.element_types.len() - 1
            }
        };
        self.element_types.get_mut(index).ok_or(Error::UnexpectedState)
    }
}

/// Locks a DTD or a text. A parser that panicked while it held the lock leaves no broken invariant.
pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
