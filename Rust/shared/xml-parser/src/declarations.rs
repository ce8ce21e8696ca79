//! Document type declarations (28) and markup declarations (29): the effect of each token on the DTD, and its events.

use crate::core::{Core, Declaration, Flow, Item, Place, State, Then, enqueue, input};
use crate::dtd::{Dtd, EXTERNAL_SUBSET, Entity, Shared, lock, share};
use crate::error::Error;
use crate::event::{Handlers, Span};
use crate::grammar::Role;
use crate::model::{ContentType, Quantifier};
use crate::pending::ParamEntityParsing;
use crate::scan;

/// The entity that is declared.
fn declared(dtd: &mut Dtd, entity: Option<(bool, usize)>) -> Option<&mut Entity> {
    let (is_parameter, index) = entity?;
    if is_parameter { dtd.parameter.get_mut(index) } else { dtd.general.get_mut(index) }
}

/// The position in a literal of the first character that a public identifier (13) cannot have.
fn bad_public_id(literal: &[u8]) -> Option<usize> {
    let inner = literal.get(1..literal.len() - 1).unwrap_or_default();
    inner
        .iter()
        .position(|&byte| {
            !(byte.is_ascii_alphanumeric()
                || matches!(byte, b' ' | b'\r' | b'\n')
                || b"-'()+,./:=?;!*#@$_%".contains(&byte))
        })
        .map(|at| at + 1)
}

/// A public identifier with normalized white space (4.2.2).
fn normalize_public_id(literal: &[u8]) -> Result<Shared, Error> {
    let mut id = Vec::new();
    try_alloc::reserve(&mut id, literal.len())?;
    for &byte in literal {
        match byte {
            b' ' | b'\r' | b'\n' => {
                if id.last().is_some_and(|&last| last != b' ') {
                    id.push(b' ');
                }
            }
            _ => id.push(byte),
        }
    }
    if id.last() == Some(&b' ') {
        id.pop();
    }
    Ok(Shared::new(id)?)
}

/// A literal without its quotes.
fn unquoted(literal: &[u8]) -> &[u8] {
    literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default()
}

impl Core {
    /// Processes a token of a document type declaration or a markup declaration. `token` is its text.
    pub(crate) fn declaration(&mut self, role: Role, token: &[u8], place: Place) -> Result<Flow, Error> {
        let (start, end) = (place.pos, place.pos + token.len());
        self.pending.token = (start, end);
        let shared = self.dtd.clone();
        let mut guard = lock(&shared);
        let dtd = &mut *guard;
        let keep = dtd.keep_processing;
        // The memory of a declaration is at most its text and a record for each name or literal.
        dtd.held = dtd.held.saturating_add(token.len() + if token.len() > 1 { size_of::<Entity>() } else { 0 });
        self.has_entities |= role != Role::InstanceStart;
        if self.accounting.has_direct() {
            self.accounting.check_memory(dtd.held.saturating_add(self.held()))?;
        }
        let wanted = self.handlers;
        let wants_attlist = keep && wanted.contains(Handlers::ATTLIST_DECL);
        let wants_entity = wanted.contains(Handlers::ENTITY_DECL);
        // Whether the token is reported as `Default`.
        let default = match role {
            Role::DoctypeNone => !wanted.contains(Handlers::START_DOCTYPE_DECL),
            Role::EntityNone => !(keep && wants_entity),
            Role::NotationNone => !wanted.contains(Handlers::NOTATION_DECL),
            Role::AttlistNone => !wants_attlist,
            Role::ElementNone => !wanted.contains(Handlers::ELEMENT_DECL),

            Role::DoctypeName => self.doctype_name(token)?,
            Role::DoctypeInternalSubset => {
                let wants = wanted.contains(Handlers::START_DOCTYPE_DECL);
                if wants {
                    self.start_doctype(true)?;
                    self.pending.doctype_name = None;
                }
                !wants
            }
            Role::DoctypePublicId | Role::EntityPublicId => self.public_id(role, token, place, dtd)?,
            Role::DoctypeSystemId | Role::EntitySystemId => {
                let default = self.system_id(role, token, dtd)?;
                if role == Role::DoctypeSystemId
                    && !dtd.standalone
                    && self.param_entity_parsing == ParamEntityParsing::Never
                    && wanted.contains(Handlers::NOT_STANDALONE)
                {
                    return self.not_standalone(Then::NotStandalone { default });
                }
                default
            }
            Role::DoctypeClose => return self.doctype_close(place, dtd),
            Role::InstanceStart => return self.instance_start(place, dtd),

            Role::GeneralEntityName | Role::ParamEntityName => {
                self.pending.entity = None;
                let is_parameter = role == Role::ParamEntityName;
                if !keep || (!is_parameter && scan::predefined_entity(token).is_some()) {
                    true
                } else {
                    let entities = if is_parameter { &mut dtd.parameter } else { &mut dtd.general };
                    match entities.add(token)? {
                        None => true,
                        Some(index) => {
                            if let Some(entity) = entities.get_mut(index) {
                                entity.is_internal = !(self.is_child || self.in_internal_entity);
                            }
                            self.pending.entity = Some((is_parameter, index));
                            !wants_entity
                        }
                    }
                }
            }
            Role::EntityValue if keep => {
                drop(guard);
                return self.start_entity_value(token, place);
            }
            Role::EntityComplete => {
                let entity = declared(dtd, self.pending.entity).filter(|_| keep && wants_entity);
                match entity {
                    Some(entity) => {
                        let is_parameter = self.pending.entity.is_some_and(|(is_parameter, _)| is_parameter);
                        self.entity_declaration(entity)?;
                        self.event_at(place, start);
                        enqueue(&mut self.queue, Item::EntityDecl { is_parameter })?;
                        false
                    }
                    None => true,
                }
            }
            Role::EntityNotationName => match declared(dtd, self.pending.entity).filter(|_| keep) {
                Some(entity) => {
                    entity.notation = Some(share(token)?);
                    let item = if wanted.contains(Handlers::UNPARSED_ENTITY_DECL) {
                        Some(Item::UnparsedEntityDecl)
                    } else if wants_entity {
                        Some(Item::EntityDecl { is_parameter: false })
                    } else {
                        None
                    };
                    if let Some(item) = item {
                        self.entity_declaration(entity)?;
                        self.event_at(place, start);
                        enqueue(&mut self.queue, item)?;
                    }
                    item.is_none()
                }
                None => true,
            },

            Role::NotationName => {
                self.pending.notation_public_id = None;
                self.pending.notation_name = None;
                if wanted.contains(Handlers::NOTATION_DECL) {
                    self.pending.notation_name = Some(share(token)?);
                }
                self.pending.notation_name.is_none()
            }
            Role::NotationPublicId => {
                if let Some(bad) = bad_public_id(token) {
                    return Err(self.error_at(place, start + bad, Error::PublicId));
                }
                if self.pending.notation_name.is_some() {
                    self.pending.notation_public_id = Some(normalize_public_id(unquoted(token))?);
                }
                self.pending.notation_name.is_none()
            }
            Role::NotationSystemId | Role::NotationNoSystemId => {
                let system_id = (role == Role::NotationSystemId).then(|| unquoted(token));
                let name = self.pending.notation_name.clone().filter(|_| wanted.contains(Handlers::NOTATION_DECL));
                match name.filter(|_| system_id.is_some() || self.pending.notation_public_id.is_some()) {
                    Some(name) => {
                        self.declaration = Declaration::default();
                        self.declaration.name = Some(self.store(&name)?);
                        self.declaration.base = self.store_optional(self.base.clone().as_ref())?;
                        self.declaration.system_id = system_id.map(|id| self.store(id)).transpose()?;
                        let public_id = self.pending.notation_public_id.clone();
                        self.declaration.public_id = self.store_optional(public_id.as_ref())?;
                        self.event_at(place, start);
                        enqueue(&mut self.queue, Item::NotationDecl)?;
                        false
                    }
                    None => true,
                }
            }

            Role::AttlistElementName => {
                self.pending.element = share(token)?;
                !wants_attlist
            }
            Role::AttributeName => {
                self.pending.attribute = share(token)?;
                self.pending.attribute_type.clear();
                self.pending.is_cdata = false;
                self.pending.is_id = false;
                !wants_attlist
            }
            Role::AttributeType(kind) => {
                self.pending.is_cdata |= kind == "CDATA";
                self.pending.is_id |= kind == "ID";
                try_alloc::extend(&mut self.pending.attribute_type, kind.as_bytes())?;
                !wants_attlist
            }
            Role::AttributeEnumValue | Role::AttributeNotationValue => {
                if wants_attlist {
                    let kind = &mut self.pending.attribute_type;
                    let prefix: &[u8] = match () {
                        () if !kind.is_empty() => b"|",
                        () if role == Role::AttributeNotationValue => b"NOTATION(",
                        () => b"(",
                    };
                    try_alloc::extend(kind, prefix)?;
                    try_alloc::extend(kind, token)?;
                }
                !wants_attlist
            }
            Role::AttributeImplied | Role::AttributeRequired if keep => {
                self.define_attribute(place, None, role == Role::AttributeRequired, dtd)?
            }
            Role::AttributeDefault | Role::AttributeFixed if keep => {
                let is_cdata = self.pending.is_cdata;
                let value = self.attribute_value(unquoted(token), place, start + 1, is_cdata, dtd, true)?;
                self.define_attribute(place, Some(value), role == Role::AttributeFixed, dtd)?
            }

            Role::ElementName => {
                let wants = wanted.contains(Handlers::ELEMENT_DECL);
                if wants {
                    self.pending.element = share(token)?;
                    self.pending.in_element = true;
                    self.scaffold.clear();
                }
                !wants
            }
            Role::ContentAny | Role::ContentEmpty => {
                let wants = self.pending.in_element && wanted.contains(Handlers::ELEMENT_DECL);
                if wants {
                    let kind = if role == Role::ContentAny { ContentType::Any } else { ContentType::Empty };
                    self.scaffold.open(kind)?;
                    self.element_declaration(place)?;
                }
                self.pending.in_element = false;
                !wants
            }
            Role::ContentPcdata
            | Role::ContentElement(_)
            | Role::GroupOpen
            | Role::GroupClose(_)
            | Role::GroupSequence
            | Role::GroupChoice => self.content_model(role, token, place)?,

            Role::IgnoreSection => {
                self.state = State::Ignore;
                true
            }
            Role::ParamEntityRef | Role::InnerParamEntityRef => return self.parameter_entity(role, token, place, dtd),
            _ => true,
        };
        drop(guard);
        self.finish_token(place, default)
    }

    /// An estimate of the memory that this parser holds apart from the DTD.
    fn held(&self) -> usize {
        let lists = self.tags.capacity() + self.attributes.capacity() + self.queue.capacity() + self.model.capacity();
        size_of::<Self>() + self.scratch.capacity() + lists * size_of::<Span>()
    }

    /// Reports the token as `Default` if required.
    fn finish_token(&mut self, place: Place, default: bool) -> Result<Flow, Error> {
        let (start, end) = self.pending.token;
        if !default {
            return Ok(Flow::Queue);
        }
        match self.default(place, start, end) {
            Flow::Event if !self.queue.is_empty() => {
                enqueue(&mut self.queue, self.item)?;
                Ok(Flow::Queue)
            }
            flow => Ok(flow),
        }
    }

    /// Sets the position of an event at the end of a declaration, which has no length.
    const fn event_at(&mut self, place: Place, at: usize) {
        if !place.in_entity {
            self.event = Some((at, at));
        }
    }

    fn not_standalone(&mut self, then: Then) -> Result<Flow, Error> {
        enqueue(&mut self.queue, Item::NotStandalone)?;
        enqueue(&mut self.queue, Item::Then(then))?;
        Ok(Flow::Queue)
    }

    fn doctype_name(&mut self, token: &[u8]) -> Result<bool, Error> {
        self.pending.doctype_system_id = None;
        if !self.handlers.contains(Handlers::START_DOCTYPE_DECL) {
            return Ok(true);
        }
        self.pending.doctype_name = Some(share(token)?);
        self.pending.doctype_public_id = None;
        Ok(false)
    }

    /// Puts `StartDoctypeDecl` into the queue.
    fn start_doctype(&mut self, has_internal_subset: bool) -> Result<(), Error> {
        let name = self.pending.doctype_name.clone().unwrap_or_default();
        let system_id = self.pending.doctype_system_id.clone();
        let public_id = self.pending.doctype_public_id.clone();
        self.declaration = Declaration::default();
        self.declaration.name = Some(self.store(&name)?);
        self.declaration.system_id = self.store_optional(system_id.as_ref())?;
        self.declaration.public_id = self.store_optional(public_id.as_ref())?;
        enqueue(&mut self.queue, Item::StartDoctype { has_internal_subset })
    }

    fn public_id(&mut self, role: Role, token: &[u8], place: Place, dtd: &mut Dtd) -> Result<bool, Error> {
        let mut default = true;
        if role == Role::DoctypePublicId {
            self.use_foreign_dtd = false;
            self.pending.entity = Some((true, dtd.parameter.find_or_add(EXTERNAL_SUBSET)?));
            dtd.has_param_entity_refs = true;
        }
        if let Some(bad) = bad_public_id(token) {
            return Err(self.error_at(place, place.pos + bad, Error::PublicId));
        }
        let id = normalize_public_id(unquoted(token))?;
        if role == Role::DoctypePublicId && self.handlers.contains(Handlers::START_DOCTYPE_DECL) {
            self.pending.doctype_public_id = Some(id.clone());
            default = false;
        }
        if dtd.keep_processing
            && let Some(entity) = declared(dtd, self.pending.entity)
        {
            entity.public_id = Some(id);
            default &= role == Role::DoctypePublicId || !self.handlers.contains(Handlers::ENTITY_DECL);
        }
        Ok(default)
    }

    fn system_id(&mut self, role: Role, token: &[u8], dtd: &mut Dtd) -> Result<bool, Error> {
        let mut default = true;
        let id = share(unquoted(token))?;
        if role == Role::DoctypeSystemId {
            self.use_foreign_dtd = false;
            dtd.has_param_entity_refs = true;
            self.pending.doctype_system_id = Some(id.clone());
            default = !self.handlers.contains(Handlers::START_DOCTYPE_DECL);
            if self.pending.entity.is_none() {
                let index = dtd.parameter.find_or_add(EXTERNAL_SUBSET)?;
                self.pending.entity = Some((true, index));
            }
        }
        let base = self.base.clone();
        if dtd.keep_processing
            && let Some(entity) = declared(dtd, self.pending.entity)
        {
            entity.system_id = Some(id);
            entity.base = base;
            default &= role == Role::DoctypeSystemId || !self.handlers.contains(Handlers::ENTITY_DECL);
        }
        Ok(default)
    }

    /// The `>` of a document type declaration: the external subset is read now.
    fn doctype_close(&mut self, place: Place, dtd: &mut Dtd) -> Result<Flow, Error> {
        if place.in_entity {
            return Err(Error::InvalidToken);
        }
        let mut default = true;
        if self.pending.doctype_name.is_some() {
            self.start_doctype(false)?;
            default = false;
        }
        if self.pending.doctype_system_id.is_some() || self.use_foreign_dtd {
            let had_references = std::mem::replace(&mut dtd.has_param_entity_refs, true);
            if self.reads_external_subset() {
                self.external_subset(dtd)?;
                let then = Then::ExternalSubset { had_references, at_root: false, default };
                enqueue(&mut self.queue, Item::Then(then))?;
                return Ok(Flow::Queue);
            }
            self.use_foreign_dtd = false;
        }
        enqueue(&mut self.queue, Item::Then(Then::EndDoctype { default }))?;
        Ok(Flow::Queue)
    }

    /// The start of the root element: the last chance to read a foreign DTD.
    fn instance_start(&mut self, place: Place, dtd: &mut Dtd) -> Result<Flow, Error> {
        self.state = State::Content;
        self.mark(place, place.pos, place.pos);
        if !self.use_foreign_dtd {
            return Ok(Flow::Next);
        }
        let had_references = std::mem::replace(&mut dtd.has_param_entity_refs, true);
        if !self.reads_external_subset() {
            return Ok(Flow::Next);
        }
        self.declaration = Declaration::default();
        self.external_subset(dtd)?;
        let then = Then::ExternalSubset { had_references, at_root: true, default: false };
        enqueue(&mut self.queue, Item::Then(then))?;
        Ok(Flow::Queue)
    }

    fn reads_external_subset(&self) -> bool {
        self.param_entity_parsing != ParamEntityParsing::Never && self.handlers.contains(Handlers::EXTERNAL_ENTITY_REF)
    }

    /// Puts the reference to the external subset into the queue.
    fn external_subset(&mut self, dtd: &mut Dtd) -> Result<(), Error> {
        let index = dtd.parameter.find_or_add(EXTERNAL_SUBSET)?;
        let base = self.base.clone();
        dtd.param_entity_read = false;
        let Some(entity) = dtd.parameter.get_mut(index) else { return Err(Error::UnexpectedState) };
        if self.use_foreign_dtd {
            entity.base = base;
        }
        self.external_reference(entity)
    }

    /// Puts the reference to an external entity without context into the queue.
    pub(crate) fn external_reference(&mut self, entity: &Entity) -> Result<(), Error> {
        self.external.base = self.store_optional(entity.base.as_ref())?;
        self.external.system_id = self.store_optional(entity.system_id.as_ref())?;
        self.external.public_id = self.store_optional(entity.public_id.as_ref())?;
        enqueue(&mut self.queue, Item::ParameterRef)
    }

    /// Stores the parts of an entity for its event.
    fn entity_declaration(&mut self, entity: &Entity) -> Result<(), Error> {
        self.declaration = Declaration::default();
        self.declaration.name = Some(self.store(&entity.name)?);
        self.declaration.base = self.store_optional(entity.base.as_ref())?;
        self.declaration.system_id = self.store_optional(entity.system_id.as_ref())?;
        self.declaration.public_id = self.store_optional(entity.public_id.as_ref())?;
        self.declaration.notation = self.store_optional(entity.notation.as_ref())?;
        Ok(())
    }

    /// The event of an internal entity, whose value is complete.
    pub(crate) fn internal_entity_declared(&mut self, place: Place, value: Shared) -> Result<bool, Error> {
        let shared = self.dtd.clone();
        let mut dtd = lock(&shared);
        let Some(entity) = declared(&mut dtd, self.pending.entity) else { return Ok(true) };
        entity.text = Some(value.clone());
        if !self.handlers.contains(Handlers::ENTITY_DECL) {
            return Ok(true);
        }
        let is_parameter = self.pending.entity.is_some_and(|(is_parameter, _)| is_parameter);
        self.declaration = Declaration::default();
        self.declaration.name = Some(self.store(&entity.name)?);
        self.declaration.base = self.store_optional(self.base.clone().as_ref())?;
        self.declaration.value = Some(self.store(&value)?);
        if !place.in_entity
            && let Some((start, _)) = self.event
        {
            self.event = Some((start, start));
        }
        enqueue(&mut self.queue, Item::EntityDecl { is_parameter })?;
        Ok(false)
    }

    /// The end of an attribute definition (53). Whether the token is to be reported as `Default`.
    fn define_attribute(
        &mut self,
        place: Place,
        value: Option<Span>,
        required: bool,
        dtd: &mut Dtd,
    ) -> Result<bool, Error> {
        let default = value.map(|span| self.scratch.get(span.start..span.end).unwrap_or_default());
        let attribute = self.pending.attribute.clone();
        let is_declaration = self.namespaces.is_some() && attribute.starts_with(b"xmlns");
        let is_id = self.pending.is_id && value.is_none();
        self.has_attlists = true;
        let element = self.pending.element.clone();
        dtd.element_mut(&element)?.define(&attribute, self.pending.is_cdata, is_id, default, is_declaration)?;
        let mut kind = std::mem::take(&mut self.pending.attribute_type);
        let wants = self.handlers.contains(Handlers::ATTLIST_DECL) && !kind.is_empty();
        if wants {
            if kind.starts_with(b"(") || kind.starts_with(b"NO") {
                try_alloc::push(&mut kind, b')')?;
            }
            self.declaration = Declaration::default();
            self.declaration.name = Some(self.store(&element)?);
            self.declaration.second = Some(self.store(&attribute)?);
            self.declaration.third = Some(self.store(&kind)?);
            self.declaration.value = value;
            self.event_at(place, place.pos);
            enqueue(&mut self.queue, Item::AttlistDecl { required })?;
        }
        kind.clear();
        self.pending.attribute_type = kind;
        Ok(!wants)
    }

    /// Puts `ElementDecl` into the queue.
    fn element_declaration(&mut self, place: Place) -> Result<(), Error> {
        self.model.clear();
        self.model_names.clear();
        self.scaffold.build(&mut self.model, &mut self.model_names)?;
        self.declaration = Declaration::default();
        let element = self.pending.element.clone();
        self.declaration.name = Some(self.store(&element)?);
        self.event_at(place, place.pos);
        enqueue(&mut self.queue, Item::ElementDecl)
    }

    /// A token of a content model (46 to 51). Whether it is to be reported as `Default`.
    fn content_model(&mut self, role: Role, token: &[u8], place: Place) -> Result<bool, Error> {
        let in_element = self.pending.in_element;
        let wants = in_element && self.handlers.contains(Handlers::ELEMENT_DECL);
        let level = self.grammar.level;
        let connectors = &mut self.pending.connectors;
        if connectors.len() <= level {
            let missing = level + 1 - connectors.len();
            try_alloc::reserve(connectors, missing)?;
            connectors.resize(level + 1, 0);
        }
        let Some(connector) = connectors.get_mut(level) else { return Err(Error::UnexpectedState) };
        match role {
            Role::GroupOpen => {
                *connector = 0;
                if in_element {
                    self.scaffold.open(ContentType::Sequence)?;
                }
            }
            Role::GroupSequence => {
                if *connector == b'|' {
                    return Err(Error::Syntax);
                }
                *connector = b',';
            }
            Role::GroupChoice => {
                if *connector == b',' {
                    return Err(Error::Syntax);
                }
                let first = std::mem::replace(connector, b'|') == 0;
                return Ok(!(in_element && first && self.scaffold.make_choice() && wants));
            }
            Role::ContentPcdata if in_element => self.scaffold.make_mixed(),
            Role::ContentElement(quantifier) if in_element => {
                let length = token.len() - usize::from(quantifier != Quantifier::None);
                self.scaffold.name(token.get(..length).unwrap_or_default(), quantifier)?;
            }
            Role::GroupClose(quantifier) if in_element && self.scaffold.close(quantifier) => {
                if wants {
                    self.element_declaration(place)?;
                }
                self.pending.in_element = false;
            }
            _ => {}
        }
        Ok(!wants)
    }

    /// A reference to a parameter entity (69).
    fn parameter_entity(&mut self, role: Role, token: &[u8], place: Place, dtd: &mut Dtd) -> Result<Flow, Error> {
        let (start, end) = self.pending.token;
        dtd.has_param_entity_refs = true;
        let mut default = true;
        if self.param_entity_parsing == ParamEntityParsing::Never {
            dtd.keep_processing = dtd.standalone;
        } else {
            let name = unquoted(token);
            let found = dtd.parameter.find(name);
            let Some(index) = found else {
                if self.grammar.is_document() && dtd.standalone && !self.in_internal_entity {
                    return Err(Error::UndefinedEntity);
                }
                dtd.keep_processing = dtd.standalone;
                if role == Role::ParamEntityRef && self.handlers.contains(Handlers::SKIPPED_ENTITY) {
                    return Ok(self.report(Item::Skipped { name: input(start + 1, end - 1), is_parameter: true }));
                }
                return self.finish_token(place, true);
            };
            let must_be_internal = self.grammar.is_document() && dtd.standalone && !self.in_internal_entity;
            let Some(entity) = dtd.parameter.get_mut(index) else { return Err(Error::UnexpectedState) };
            if must_be_internal && !entity.is_internal {
                return Err(Error::EntityDeclaredInPe);
            }
            if entity.open {
                return Err(Error::RecursiveEntityRef);
            }
            if entity.text.is_some() {
                let between_declarations = role == Role::ParamEntityRef;
                return Ok(Flow::Entity { entity: index, is_parameter: true, between_declarations });
            }
            if !self.handlers.contains(Handlers::EXTERNAL_ENTITY_REF) {
                dtd.keep_processing = dtd.standalone;
                return self.finish_token(place, true);
            }
            entity.open = true;
            self.external_reference(entity)?;
            dtd.param_entity_read = false;
            enqueue(&mut self.queue, Item::Then(Then::ParameterEntity { entity: index }))?;
            default = false;
        }
        if !default {
            return Ok(Flow::Queue);
        }
        if !dtd.standalone && self.handlers.contains(Handlers::NOT_STANDALONE) {
            return self.not_standalone(Then::NotStandalone { default });
        }
        self.finish_token(place, default)
    }

    /// The action after an event of a declaration to which the caller may have responded.
    pub(crate) fn after_declaration(&mut self, then: Then, failed: bool) -> Result<(), Error> {
        let shared = self.dtd.clone();
        let mut dtd = lock(&shared);
        match then {
            Then::NotStandalone { .. } | Then::NotStandaloneDoctype { .. } if failed => Err(Error::NotStandalone),
            Then::NotStandalone { default } => self.enqueue_default(default),
            Then::NotStandaloneDoctype { default } => {
                enqueue(&mut self.queue, Item::Then(Then::EndDoctype { default }))
            }
            Then::EndDoctype { default } => {
                if self.handlers.contains(Handlers::END_DOCTYPE_DECL) {
                    return enqueue(&mut self.queue, Item::EndDoctype);
                }
                self.enqueue_default(default)
            }
            Then::ParameterEntity { entity } => {
                if let Some(entity) = dtd.parameter.get_mut(entity) {
                    entity.open = false;
                }
                self.refresh(&dtd);
                if failed {
                    return Err(Error::ExternalEntityHandling);
                }
                if !dtd.param_entity_read {
                    dtd.keep_processing = dtd.standalone;
                    return Ok(());
                }
                if !dtd.standalone && self.handlers.contains(Handlers::NOT_STANDALONE) {
                    self.not_standalone(Then::NotStandalone { default: false })?;
                }
                Ok(())
            }
            Then::EntityValue { entity } => {
                if let Some(entity) = dtd.parameter.get_mut(entity) {
                    entity.open = false;
                }
                self.refresh(&dtd);
                if failed {
                    self.value_failed = Some(Error::ExternalEntityHandling);
                } else if !dtd.param_entity_read {
                    dtd.keep_processing = dtd.standalone;
                }
                Ok(())
            }
            Then::ExternalSubset { had_references, at_root, default } => {
                self.refresh(&dtd);
                if failed {
                    return Err(Error::ExternalEntityHandling);
                }
                self.use_foreign_dtd = false;
                if dtd.param_entity_read {
                    if !dtd.standalone && self.handlers.contains(Handlers::NOT_STANDALONE) {
                        let then = match at_root {
                            true => Then::NotStandalone { default: false },
                            false => Then::NotStandaloneDoctype { default },
                        };
                        self.not_standalone(then)?;
                        return Ok(());
                    }
                } else if self.pending.doctype_system_id.is_none() || at_root {
                    dtd.has_param_entity_refs = had_references;
                }
                if at_root {
                    return Ok(());
                }
                enqueue(&mut self.queue, Item::Then(Then::EndDoctype { default }))
            }
            _ => Err(Error::UnexpectedState),
        }
    }

    /// Takes over the declarations made by the parser of a parameter entity.
    fn refresh(&mut self, dtd: &Dtd) {
        self.has_attlists |= dtd.has_attlists();
        self.has_entities |= dtd.has_entities();
    }

    fn enqueue_default(&mut self, default: bool) -> Result<(), Error> {
        let (start, end) = self.pending.token;
        if default { enqueue(&mut self.queue, Item::Default(input(start, end))) } else { Ok(()) }
    }
}
