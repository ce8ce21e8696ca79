//! The options of a parser.

use crate::dtd::share;
use crate::error::Error;
use crate::event::Handlers;
use crate::parser::Parser;
use crate::pending::ParamEntityParsing;

impl Parser {
    /// Sets the events that are requested from now on. It may be called at any time.
    pub const fn set_handlers(&mut self, handlers: Handlers) {
        self.core.handlers = handlers;
    }

    /// The requested events.
    #[must_use]
    pub const fn handlers(&self) -> Handlers {
        self.core.handlers
    }

    /// Whether internal entities are expanded although [`Handlers::DEFAULT`] is set: true for
    /// `XML_SetDefaultHandlerExpand` and initially, false for `XML_SetDefaultHandler`. As in expat, the last call decides.
    pub const fn set_default_expand(&mut self, expand: bool) {
        self.core.default_expand = expand;
    }

    /// The encoding that overrides the declared one (`XML_SetEncoding`).
    ///
    /// # Errors
    ///
    /// [`Error::CantChangeFeatureOnceParsing`] after the first `feed`.
    pub fn set_encoding(&mut self, encoding: Option<&[u8]>) -> Result<(), Error> {
        if self.started {
            return Err(Error::CantChangeFeatureOnceParsing);
        }
        self.core.protocol_encoding = encoding.map(try_alloc::copy).transpose()?;
        Ok(())
    }

    /// The base for relative system identifiers, which is passed on in events (`XML_SetBase`).
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn set_base(&mut self, base: Option<&[u8]>) -> Result<(), Error> {
        self.core.base = base.map(share).transpose()?;
        Ok(())
    }

    /// The base that is set (`XML_GetBase`).
    #[must_use]
    pub fn base(&self) -> Option<&[u8]> {
        self.core.base.as_deref()
    }

    /// Whether expanded names end in separator and prefix (`XML_SetReturnNSTriplet`). Without effect after the first
    /// `feed`.
    pub const fn set_namespace_triplets(&mut self, triplets: bool) {
        if !self.started
            && let Some(namespaces) = &mut self.core.namespaces
        {
            namespaces.set_triplets(triplets);
        }
    }

    /// Whether external parameter entities are read (`XML_SetParamEntityParsing`). False after the first `feed`.
    pub const fn set_param_entity_parsing(&mut self, parsing: ParamEntityParsing) -> bool {
        if !self.started {
            self.core.param_entity_parsing = parsing;
        }
        !self.started
    }

    /// Requests an external subset even if the document has none (`XML_UseForeignDTD`).
    ///
    /// # Errors
    ///
    /// [`Error::CantChangeFeatureOnceParsing`] after the first `feed`.
    pub const fn use_foreign_dtd(&mut self, use_dtd: bool) -> Result<(), Error> {
        if self.started {
            return Err(Error::CantChangeFeatureOnceParsing);
        }
        self.core.use_foreign_dtd = use_dtd;
        Ok(())
    }

    /// Whether an incomplete token is scanned again only when the input has grown enough
    /// (`XML_SetReparseDeferralEnabled`). It is on initially.
    pub const fn set_reparse_deferral(&mut self, enabled: bool) {
        self.reparse_deferral = enabled;
    }

    /// Whether reparse deferral is on.
    #[must_use]
    pub const fn reparse_deferral(&self) -> bool {
        self.reparse_deferral
    }

    /// `XML_SetBillionLaughsAttackProtectionMaximumAmplification`: false for a parser of an external entity, NaN, and
    /// values below 1.
    pub fn set_amplification_maximum(&mut self, factor: f32) -> bool {
        if self.core.is_child || factor.is_nan() || factor < 1.0 {
            return false;
        }
        self.core.accounting.set_maximum(factor);
        true
    }

    /// `XML_SetBillionLaughsAttackProtectionActivationThreshold`: false for a parser of an external entity.
    pub fn set_amplification_threshold(&mut self, bytes: u64) -> bool {
        if !self.core.is_child {
            self.core.accounting.set_threshold(bytes);
        }
        !self.core.is_child
    }

    /// `XML_SetAllocTrackerMaximumAmplification`: false for a parser of an external entity, NaN, and values below 1.
    ///
    /// The limit applies to an estimate of the memory for declarations and for attribute values, checked at each
    /// declaration and while entities in attribute values are expanded; other memory grows with the input only.
    pub fn set_allocation_maximum(&mut self, factor: f32) -> bool {
        if self.core.is_child || factor.is_nan() || factor < 1.0 {
            return false;
        }
        self.core.accounting.set_memory_maximum(factor);
        true
    }

    /// `XML_SetAllocTrackerActivationThreshold`: false for a parser of an external entity.
    pub fn set_allocation_threshold(&mut self, bytes: u64) -> bool {
        if !self.core.is_child {
            self.core.accounting.set_memory_threshold(bytes);
        }
        !self.core.is_child
    }
}
