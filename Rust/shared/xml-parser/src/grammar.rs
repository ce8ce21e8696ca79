//! The grammar of the prolog (22) and of markup declarations (29): a state machine that decides which token may follow,
//! and its role.

use crate::model::Quantifier;
use crate::token::Token;

/// The role of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// No role that is reported.
    None,
    Error,
    XmlDecl,
    TextDecl,
    InstanceStart,
    Pi,
    Comment,
    DoctypeNone,
    DoctypeName,
    DoctypeSystemId,
    DoctypePublicId,
    DoctypeInternalSubset,
    DoctypeClose,
    EntityNone,
    GeneralEntityName,
    ParamEntityName,
    EntityValue,
    EntitySystemId,
    EntityPublicId,
    EntityComplete,
    EntityNotationName,
    NotationNone,
    NotationName,
    NotationSystemId,
    NotationNoSystemId,
    NotationPublicId,
    AttlistNone,
    AttlistElementName,
    AttributeName,
    AttributeType(&'static str),
    AttributeEnumValue,
    AttributeNotationValue,
    AttributeImplied,
    AttributeRequired,
    AttributeDefault,
    AttributeFixed,
    ElementNone,
    ElementName,
    ContentAny,
    ContentEmpty,
    ContentPcdata,
    ContentElement(Quantifier),
    GroupOpen,
    GroupClose(Quantifier),
    GroupSequence,
    GroupChoice,
    IgnoreSection,
    ParamEntityRef,
    /// A parameter entity reference inside a declaration.
    InnerParamEntityRef,
}

/// The state of the parser in a production. The variants are named after the declaration and the part of it that has
/// been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the very start, where an XML declaration may be.
    PrologStart,
    Prolog,
    /// After the document type declaration.
    PrologEnd,
    Doctype,
    DoctypeName,
    DoctypePublic,
    DoctypeSystem,
    DoctypeIds,
    /// After the internal subset.
    DoctypeEnd,
    InternalSubset,
    /// At the start of an external subset, where a text declaration may be.
    ExternalSubsetStart,
    ExternalSubset,
    Section,
    SectionInclude,
    SectionIgnore,
    Entity,
    EntityPercent,
    /// The flag says that it is a parameter entity.
    EntityName(bool),
    EntityPublic(bool),
    EntitySystem(bool),
    EntityIds(bool),
    EntityNdata,
    Notation,
    NotationName,
    NotationPublic,
    NotationSystem,
    NotationPublicId,
    Attlist,
    AttlistElement,
    AttributeName,
    Enumeration,
    EnumerationValue,
    NotationType,
    NotationTypeOpen,
    NotationTypeValue,
    AttributeDefault,
    AttributeFixed,
    Element,
    ElementName,
    /// After the first parenthesis of a content model.
    ModelOpen,
    Mixed,
    MixedOr,
    MixedName,
    ModelItem,
    ModelAfterItem,
    /// Before the `>` of a declaration.
    Close(Role),
    Failed,
}

/// The types of attributes (54, 55, 56).
const ATTRIBUTE_TYPES: [&str; 8] = ["CDATA", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "NMTOKEN", "NMTOKENS"];

/// The state of the grammar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grammar {
    state: State,
    /// Whether this is the document entity with its internal subset.
    is_document: bool,
    /// The number of open `<![INCLUDE[` sections.
    include_level: usize,
    /// The number of open parentheses of a content model.
    pub(crate) level: usize,
    /// Whether an external parameter entity stands in an entity value.
    pub(crate) in_entity_value: bool,
}

impl Grammar {
    pub(crate) const fn document() -> Self {
        Self { state: State::PrologStart, is_document: true, include_level: 0, level: 0, in_entity_value: false }
    }

    pub(crate) const fn external_subset() -> Self {
        Self {
            state: State::ExternalSubsetStart,
            is_document: false,
            include_level: 0,
            level: 0,
            in_entity_value: false,
        }
    }

    pub(crate) const fn is_document(&self) -> bool {
        self.is_document
    }

    /// Returns to the state between declarations.
    const fn top(&self) -> State {
        if self.is_document { State::InternalSubset } else { State::ExternalSubset }
    }

    /// Takes the next token, whose text is given, and returns its role.
    pub(crate) fn advance(&mut self, token: Token, text: &[u8]) -> Role {
        let (state, role) = match self.step(token, text) {
            Some(found) => found,
            None if !self.is_document && token == Token::ParamEntityRef => return Role::InnerParamEntityRef,
            None => (State::Failed, Role::Error),
        };
        self.state = state;
        role
    }

    fn step(&mut self, token: Token, text: &[u8]) -> Option<(State, Role)> {
        use State as S;
        use Token as T;
        let state = self.state;
        let keyword = |word: &str| text == word.as_bytes();
        if token == T::Space
            && let Some(role) = none_role(state)
        {
            return Some((if state == S::PrologStart { S::Prolog } else { state }, role));
        }
        Some(match (state, token) {
            (S::PrologStart, T::XmlDecl) => (S::Prolog, Role::XmlDecl),
            (S::PrologStart | S::Prolog, T::Pi(_)) => (S::Prolog, Role::Pi),
            (S::PrologStart | S::Prolog, T::Comment) => (S::Prolog, Role::Comment),
            (S::PrologStart | S::Prolog, T::DeclOpen) if keyword("<!DOCTYPE") => (S::Doctype, Role::DoctypeNone),
            (S::PrologEnd | S::InternalSubset, T::Pi(_)) => (state, Role::Pi),
            (S::PrologEnd | S::InternalSubset, T::Comment) => (state, Role::Comment),
            (S::PrologStart | S::Prolog | S::PrologEnd, T::InstanceStart) => (S::Failed, Role::InstanceStart),

            (S::Doctype, T::Name | T::PrefixedName) => (S::DoctypeName, Role::DoctypeName),
            (S::DoctypeName, T::Name) if keyword("SYSTEM") => (S::DoctypeSystem, Role::DoctypeNone),
            (S::DoctypeName, T::Name) if keyword("PUBLIC") => (S::DoctypePublic, Role::DoctypeNone),
            (S::DoctypePublic, T::Literal) => (S::DoctypeSystem, Role::DoctypePublicId),
            (S::DoctypeSystem, T::Literal) => (S::DoctypeIds, Role::DoctypeSystemId),
            (S::DoctypeName | S::DoctypeIds, T::OpenBracket) => (S::InternalSubset, Role::DoctypeInternalSubset),
            (S::DoctypeName | S::DoctypeIds | S::DoctypeEnd, T::DeclClose) => (S::PrologEnd, Role::DoctypeClose),

            (S::ExternalSubsetStart, T::XmlDecl) => (S::ExternalSubset, Role::TextDecl),
            (S::ExternalSubsetStart, _) => {
                self.state = S::ExternalSubset;
                return self.step(token, text);
            }
            (S::ExternalSubset, T::SectionOpen) => (S::Section, Role::None),
            (S::ExternalSubset, T::SectionClose) => {
                self.include_level = self.include_level.checked_sub(1)?;
                (state, Role::None)
            }
            (S::ExternalSubset, T::CloseBracket) => return None,
            (S::ExternalSubset, T::End) if self.include_level > 0 => return None,
            (S::ExternalSubset, T::Pi(_)) => (state, Role::Pi),
            (S::ExternalSubset, T::Comment) => (state, Role::Comment),
            (S::InternalSubset, T::CloseBracket) => (S::DoctypeEnd, Role::DoctypeNone),
            (S::InternalSubset | S::ExternalSubset, T::DeclOpen) if keyword("<!ENTITY") => {
                (S::Entity, Role::EntityNone)
            }
            (S::InternalSubset | S::ExternalSubset, T::DeclOpen) if keyword("<!ATTLIST") => {
                (S::Attlist, Role::AttlistNone)
            }
            (S::InternalSubset | S::ExternalSubset, T::DeclOpen) if keyword("<!ELEMENT") => {
                (S::Element, Role::ElementNone)
            }
            (S::InternalSubset | S::ExternalSubset, T::DeclOpen) if keyword("<!NOTATION") => {
                (S::Notation, Role::NotationNone)
            }
            (S::InternalSubset | S::ExternalSubset, T::ParamEntityRef) => (state, Role::ParamEntityRef),
            (S::InternalSubset | S::ExternalSubset, T::End) => (state, Role::None),
            (S::Section, T::Name) if keyword("INCLUDE") => (S::SectionInclude, Role::None),
            (S::Section, T::Name) if keyword("IGNORE") => (S::SectionIgnore, Role::None),
            (S::SectionInclude, T::OpenBracket) => {
                self.include_level += 1;
                (S::ExternalSubset, Role::None)
            }
            (S::SectionIgnore, T::OpenBracket) => (S::ExternalSubset, Role::IgnoreSection),

            (S::Entity, T::Percent) => (S::EntityPercent, Role::EntityNone),
            (S::Entity, T::Name) => (S::EntityName(false), Role::GeneralEntityName),
            (S::EntityPercent, T::Name) => (S::EntityName(true), Role::ParamEntityName),
            (S::EntityName(parameter), T::Name) if keyword("SYSTEM") => (S::EntitySystem(parameter), Role::EntityNone),
            (S::EntityName(parameter), T::Name) if keyword("PUBLIC") => (S::EntityPublic(parameter), Role::EntityNone),
            (S::EntityName(_), T::Literal) => (S::Close(Role::EntityNone), Role::EntityValue),
            (S::EntityPublic(parameter), T::Literal) => (S::EntitySystem(parameter), Role::EntityPublicId),
            (S::EntitySystem(parameter), T::Literal) => (S::EntityIds(parameter), Role::EntitySystemId),
            (S::EntityIds(_), T::DeclClose) => (self.top(), Role::EntityComplete),
            (S::EntityIds(false), T::Name) if keyword("NDATA") => (S::EntityNdata, Role::EntityNone),
            (S::EntityNdata, T::Name) => (S::Close(Role::EntityNone), Role::EntityNotationName),

            (S::Notation, T::Name) => (S::NotationName, Role::NotationName),
            (S::NotationName, T::Name) if keyword("SYSTEM") => (S::NotationSystem, Role::NotationNone),
            (S::NotationName, T::Name) if keyword("PUBLIC") => (S::NotationPublic, Role::NotationNone),
            (S::NotationPublic, T::Literal) => (S::NotationPublicId, Role::NotationPublicId),
            (S::NotationSystem | S::NotationPublicId, T::Literal) => {
                (S::Close(Role::NotationNone), Role::NotationSystemId)
            }
            (S::NotationPublicId, T::DeclClose) => (self.top(), Role::NotationNoSystemId),

            (S::Attlist, T::Name | T::PrefixedName) => (S::AttlistElement, Role::AttlistElementName),
            (S::AttlistElement, T::DeclClose) => (self.top(), Role::AttlistNone),
            (S::AttlistElement, T::Name | T::PrefixedName) => (S::AttributeName, Role::AttributeName),
            (S::AttributeName, T::Name) if keyword("NOTATION") => (S::NotationType, Role::AttlistNone),
            (S::AttributeName, T::Name) => {
                let kind = ATTRIBUTE_TYPES.into_iter().find(|kind| keyword(kind))?;
                (S::AttributeDefault, Role::AttributeType(kind))
            }
            (S::AttributeName, T::OpenParen) => (S::Enumeration, Role::AttlistNone),
            (S::Enumeration, T::Nmtoken | T::Name | T::PrefixedName) => (S::EnumerationValue, Role::AttributeEnumValue),
            (S::EnumerationValue | S::NotationTypeValue, T::CloseParen) => (S::AttributeDefault, Role::AttlistNone),
            (S::EnumerationValue, T::Or) => (S::Enumeration, Role::AttlistNone),
            (S::NotationType, T::OpenParen) => (S::NotationTypeOpen, Role::AttlistNone),
            (S::NotationTypeOpen, T::Name) => (S::NotationTypeValue, Role::AttributeNotationValue),
            (S::NotationTypeValue, T::Or) => (S::NotationTypeOpen, Role::AttlistNone),
            (S::AttributeDefault, T::PoundName) if keyword("#IMPLIED") => (S::AttlistElement, Role::AttributeImplied),
            (S::AttributeDefault, T::PoundName) if keyword("#REQUIRED") => (S::AttlistElement, Role::AttributeRequired),
            (S::AttributeDefault, T::PoundName) if keyword("#FIXED") => (S::AttributeFixed, Role::AttlistNone),
            (S::AttributeDefault, T::Literal) => (S::AttlistElement, Role::AttributeDefault),
            (S::AttributeFixed, T::Literal) => (S::AttlistElement, Role::AttributeFixed),

            (S::Element, T::Name | T::PrefixedName) => (S::ElementName, Role::ElementName),
            (S::ElementName, T::Name) if keyword("EMPTY") => (S::Close(Role::ElementNone), Role::ContentEmpty),
            (S::ElementName, T::Name) if keyword("ANY") => (S::Close(Role::ElementNone), Role::ContentAny),
            (S::ElementName, T::OpenParen) => {
                self.level = 1;
                (S::ModelOpen, Role::GroupOpen)
            }
            (S::ModelOpen, T::PoundName) if keyword("#PCDATA") => (S::Mixed, Role::ContentPcdata),
            (S::Mixed, T::CloseParen) => (S::Close(Role::ElementNone), Role::GroupClose(Quantifier::None)),
            (S::Mixed | S::MixedName, T::CloseParenAsterisk) => {
                (S::Close(Role::ElementNone), Role::GroupClose(Quantifier::Repeat))
            }
            (S::Mixed | S::MixedName, T::Or) => (S::MixedOr, Role::ElementNone),
            (S::MixedOr, T::Name | T::PrefixedName) => (S::MixedName, Role::ContentElement(Quantifier::None)),
            (S::ModelOpen | S::ModelItem, T::OpenParen) => {
                self.level += 1;
                (S::ModelItem, Role::GroupOpen)
            }
            (S::ModelOpen | S::ModelItem, _) => (S::ModelAfterItem, Role::ContentElement(name_quantifier(token)?)),
            (S::ModelAfterItem, T::Comma) => (S::ModelItem, Role::GroupSequence),
            (S::ModelAfterItem, T::Or) => (S::ModelItem, Role::GroupChoice),
            (S::ModelAfterItem, _) => {
                let quantifier = paren_quantifier(token)?;
                self.level -= 1;
                let next = if self.level == 0 { S::Close(Role::ElementNone) } else { state };
                (next, Role::GroupClose(quantifier))
            }

            (S::Close(role), T::DeclClose) => (self.top(), role),
            _ => return None,
        })
    }
}

const fn name_quantifier(token: Token) -> Option<Quantifier> {
    match token {
        Token::Name | Token::PrefixedName => Some(Quantifier::None),
        Token::NameQuestion => Some(Quantifier::Optional),
        Token::NameAsterisk => Some(Quantifier::Repeat),
        Token::NamePlus => Some(Quantifier::Plus),
        _ => None,
    }
}

const fn paren_quantifier(token: Token) -> Option<Quantifier> {
    match token {
        Token::CloseParen => Some(Quantifier::None),
        Token::CloseParenQuestion => Some(Quantifier::Optional),
        Token::CloseParenAsterisk => Some(Quantifier::Repeat),
        Token::CloseParenPlus => Some(Quantifier::Plus),
        _ => None,
    }
}

/// The role of white space in a state.
const fn none_role(state: State) -> Option<Role> {
    use State as S;
    Some(match state {
        S::Failed | S::ExternalSubsetStart => return None,
        S::PrologStart
        | S::Prolog
        | S::PrologEnd
        | S::InternalSubset
        | S::ExternalSubset
        | S::Section
        | S::SectionInclude
        | S::SectionIgnore => Role::None,
        S::Doctype | S::DoctypeName | S::DoctypePublic | S::DoctypeSystem | S::DoctypeIds | S::DoctypeEnd => {
            Role::DoctypeNone
        }
        S::Entity
        | S::EntityPercent
        | S::EntityName(_)
        | S::EntityPublic(_)
        | S::EntitySystem(_)
        | S::EntityIds(_)
        | S::EntityNdata => Role::EntityNone,
        S::Notation | S::NotationName | S::NotationPublic | S::NotationSystem | S::NotationPublicId => {
            Role::NotationNone
        }
        S::Attlist
        | S::AttlistElement
        | S::AttributeName
        | S::Enumeration
        | S::EnumerationValue
        | S::NotationType
        | S::NotationTypeOpen
        | S::NotationTypeValue
        | S::AttributeDefault
        | S::AttributeFixed => Role::AttlistNone,
        S::Element
        | S::ElementName
        | S::ModelOpen
        | S::Mixed
        | S::MixedOr
        | S::MixedName
        | S::ModelItem
        | S::ModelAfterItem => Role::ElementNone,
        S::Close(role) => role,
    })
}
