//! An item with the normalised spelling of its texts, computed once for all comparisons.

use crate::model::{Item, spelling};
use std::borrow::Cow;

/// The key by which items are paired: name, quantity, unit, list.
pub(super) type Key<'k> = [Option<&'k str>; 4];

/// An item and the normalised spelling of its texts. List ids are compared unchanged.
pub(super) struct Spelled<'i> {
    pub(super) item: &'i Item<'i>,
    pub(super) name: Cow<'i, str>,
    pub(super) quantity: Option<Cow<'i, str>>,
    pub(super) unit: Option<Cow<'i, str>>,
}

impl<'i> Spelled<'i> {
    pub(super) fn of(item: &'i Item<'i>) -> Self {
        Self {
            item,
            name: spelling(&item.name),
            quantity: item.quantity.as_deref().map(spelling),
            unit: item.unit.as_deref().map(spelling),
        }
    }

    pub(super) fn as_written(&self) -> Key<'_> {
        let Item { name, quantity, unit, list_id } = self.item;
        [Some(name), quantity.as_deref(), unit.as_deref(), list_id.as_deref()]
    }

    pub(super) fn as_spelled(&self) -> Key<'_> {
        [Some(&self.name), self.quantity.as_deref(), self.unit.as_deref(), self.item.list_id.as_deref()]
    }

    pub(super) fn name_as_written(&self) -> Key<'_> {
        [Some(&self.item.name), None, None, None]
    }

    pub(super) fn name_as_spelled(&self) -> Key<'_> {
        [Some(&self.name), None, None, None]
    }

    /// Whether a text of both has the same spelling and is written differently.
    pub(super) fn is_spelled_otherwise(&self, other: &Self) -> bool {
        let mut ours = self.as_written().into_iter().zip(self.as_spelled());
        let mut theirs = other.as_written().into_iter().zip(other.as_spelled());
        ours.by_ref().zip(theirs.by_ref()).any(|((ours, our), (theirs, their))| our == their && ours != theirs)
    }
}
