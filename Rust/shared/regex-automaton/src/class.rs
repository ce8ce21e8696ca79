//! Equivalence classes of characters.
//!
//! Two characters are equivalent if no character test and no assertion of the pattern distinguishes them. The classes
//! of the first 256 characters are computed when the automaton is compiled. Those of other characters are computed when
//! the character first occurs in a text, so that no Unicode table has to be traversed, and are stored in the [`Wide`]
//! of the cache.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher;

use crate::opcode::*;
use crate::unit::{Unit, is_ascii_word};
use crate::{CharTables, Stop, capacity_bytes};
use try_alloc::{NoMemory, boxed, entry, extend, filled, resize};

/// The class of the position before the first and after the last character.
pub(crate) const EDGE_CLASS: u16 = 0;
/// The class of a line feed that is the last character.
pub(crate) const FINAL_LINE_FEED_CLASS: u16 = 1;

/// The properties of an adjacent character on which assertions depend: a set of the following bits.
pub(crate) type Context = u8;
pub(crate) const EDGE: Context = 1;
pub(crate) const LINE_FEED: Context = 2;
pub(crate) const FINAL_LINE_FEED: Context = 4;
pub(crate) const ASCII_WORD: Context = 8;
pub(crate) const WORD: Context = 16;

/// Whether the assertion `at` holds between two characters.
pub(crate) fn holds(at: u32, before: Context, after: Context) -> bool {
    match at {
        AT_BEGINNING | AT_BEGINNING_STRING => before & EDGE != 0,
        AT_BEGINNING_LINE => before & (EDGE | LINE_FEED) != 0,
        AT_END => after & (EDGE | FINAL_LINE_FEED) != 0,
        AT_END_LINE => after & (EDGE | LINE_FEED) != 0,
        AT_END_STRING => after & EDGE != 0,
        AT_BOUNDARY => (before ^ after) & ASCII_WORD != 0,
        AT_NON_BOUNDARY => (before ^ after) & ASCII_WORD == 0,
        AT_UNI_BOUNDARY => (before ^ after) & WORD != 0,
        AT_UNI_NON_BOUNDARY => (before ^ after) & WORD == 0,
        _ => false,
    }
}

/// The bits that the assertions need of the character before and after the position.
fn context_masks(assertions: u32) -> (Context, Context) {
    let (mut before, mut after) = (0, 0);
    for at in (0..32).filter(|at| assertions & (1 << at) != 0) {
        match at {
            AT_BEGINNING | AT_BEGINNING_STRING => before |= EDGE,
            AT_BEGINNING_LINE => before |= EDGE | LINE_FEED,
            AT_END => after |= EDGE | FINAL_LINE_FEED,
            AT_END_LINE => after |= EDGE | LINE_FEED,
            AT_END_STRING => after |= EDGE,
            AT_BOUNDARY | AT_NON_BOUNDARY => {
                before |= ASCII_WORD;
                after |= ASCII_WORD;
            }
            _ => {
                before |= WORD;
                after |= WORD;
            }
        }
    }
    (before, after)
}

/// The classes of the first 256 characters, and the tests that determine those of other characters.
#[derive(Debug)]
pub(crate) struct Classes {
    units: Vec<Unit>,
    /// The classes of the first 256 characters.
    pub(crate) latin1: Box<[u16; 256]>,
    /// One row per class: the context, then one bit for each character test.
    rows: Vec<u64>,
    /// The length of a row.
    width: usize,
    /// The number of classes.
    pub(crate) count: usize,
    /// The properties of the preceding character that the assertions need.
    pub(crate) before: Context,
    /// The properties of the following character that the assertions need.
    pub(crate) after: Context,
}

impl Classes {
    pub(crate) fn new(units: Vec<Unit>, assertions: u32, tables: &dyn CharTables) -> Result<Classes, NoMemory> {
        let width = 1 + units.len().div_ceil(64);
        let (before, after) = context_masks(assertions);
        let (latin1, rows) = (boxed([0; 256])?, filled(0, 2 * width)?);
        let mut classes = Classes { units, latin1, rows, width, count: 2, before, after };
        let mut chars = filled(0_u64, 256 * width)?;
        for (ch, row) in (0..).zip(chars.chunks_exact_mut(width)) {
            row[0] = u64::from(classes.context_of(ch, tables));
        }
        for (number, unit) in classes.units.iter().enumerate() {
            let (word, bit) = (1 + number / 64, 1_u64 << (number % 64));
            if let &Unit::Literal { ch, negate: false, fold: crate::unit::Fold::None } = unit {
                if ch < 256 {
                    chars[ch as usize * width + word] |= bit;
                }
                continue;
            }
            for (ch, row) in (0..).zip(chars.chunks_exact_mut(width)) {
                if unit.accepts(ch, tables) {
                    row[word] |= bit;
                }
            }
        }
        let mut known: HashMap<&[u64], u16> = HashMap::new();
        for (ch, row) in chars.chunks_exact(width).enumerate() {
            classes.latin1[ch] = match entry(&mut known, row)? {
                Entry::Occupied(class) => *class.get(),
                Entry::Vacant(vacant) => {
                    extend(&mut classes.rows, row)?;
                    classes.count += 1;
                    *vacant.insert(classes.count as u16 - 1)
                }
            };
        }
        // The position outside the text passes no test.
        classes.rows[0] = u64::from(EDGE & (before | after));
        let line_feed = usize::from(classes.latin1[10]) * width;
        classes.rows.copy_within(line_feed..line_feed + width, width);
        classes.rows[width] |= u64::from(FINAL_LINE_FEED & after);
        Ok(classes)
    }

    /// The character tests.
    pub(crate) fn units(&self) -> &[Unit] {
        &self.units
    }

    /// Whether a character below 256 passes a test.
    pub(crate) fn latin1_accepts(&self, ch: u8, unit: u32) -> bool {
        let row = usize::from(self.latin1[usize::from(ch)]) * self.width;
        self.rows[row + 1 + unit as usize / 64] >> (unit % 64) & 1 != 0
    }

    fn context_of(&self, ch: u32, tables: &dyn CharTables) -> Context {
        let wanted = self.before | self.after;
        let mut context = 0;
        if ch == 10 {
            context |= LINE_FEED;
        }
        if is_ascii_word(ch) {
            context |= ASCII_WORD;
        }
        if wanted & WORD != 0 && (ch == 0x5f || tables.category(CATEGORY_UNI_WORD, ch)) {
            context |= WORD;
        }
        context & wanted
    }
}

/// Marks a character whose class is not known yet.
pub(crate) const UNKNOWN_CLASS: u16 = u16::MAX;

/// The classes of the characters above 255 that have occurred.
#[derive(Debug, Default)]
pub(crate) struct Wide {
    /// The index of the block for each 256 characters, `u16::MAX` if there is none yet.
    pages: Vec<u16>,
    /// The classes, in blocks of 256.
    blocks: Vec<u16>,
    /// The rows of the classes without characters below 256.
    rows: Vec<u64>,
    /// The number of these classes.
    extra: usize,
    /// For each hash of a row, the newest class with such a row.
    by_hash: HashMap<u64, u16>,
}

impl Wide {
    pub(crate) fn memory_usage(&self) -> usize {
        let by_hash = self.by_hash.capacity() * size_of::<(u64, u16)>();
        capacity_bytes(&self.pages) + capacity_bytes(&self.blocks) + capacity_bytes(&self.rows) + by_hash
    }

    /// The number of all classes.
    pub(crate) fn count(&self, classes: &Classes) -> usize {
        classes.count + self.extra
    }

    fn row<'a>(&'a self, classes: &'a Classes, class: u16) -> &'a [u64] {
        let class = usize::from(class);
        let (rows, index) =
            if class < classes.count { (&classes.rows, class) } else { (&self.rows, class - classes.count) };
        &rows[index * classes.width..][..classes.width]
    }

    fn hash(&self, classes: &Classes, class: u16) -> u64 {
        self.by_hash.hasher().hash_one(self.row(classes, class))
    }

    /// The properties of the characters of the class on which assertions depend.
    pub(crate) fn context(&self, classes: &Classes, class: u16) -> Context {
        self.row(classes, class)[0] as Context
    }

    /// Whether characters of the class pass the test.
    pub(crate) fn accepts(&self, classes: &Classes, class: u16, unit: u32) -> bool {
        self.row(classes, class)[1 + unit as usize / 64] >> (unit % 64) & 1 != 0
    }

    /// The class of a character if it is known.
    #[inline(always)]
    pub(crate) fn known(&self, classes: &Classes, ch: u32) -> u16 {
        if ch < 256 {
            return classes.latin1[ch as usize];
        }
        match self.pages.get((ch >> 8) as usize) {
            Some(&page) => {
                self.blocks.get(usize::from(page) * 256 + (ch & 255) as usize).copied().unwrap_or(UNKNOWN_CLASS)
            }
            None => UNKNOWN_CLASS,
        }
    }

    /// The class of a character.
    pub(crate) fn class(&mut self, classes: &Classes, ch: u32, tables: &dyn CharTables) -> Result<u16, Stop> {
        let known = self.known(classes, ch);
        if known != UNKNOWN_CLASS {
            return Ok(known);
        }
        let total = self.count(classes);
        if total >= usize::from(u16::MAX) {
            return Err(Stop::Limit);
        }
        // Append the row of a new class, which is removed if another class has an equal one. An earlier call that failed may
        // have left its row.
        let start = self.extra * classes.width;
        self.rows.truncate(start);
        resize(&mut self.rows, start + classes.width, 0)?;
        let row = &mut self.rows[start..];
        row[0] = u64::from(classes.context_of(ch, tables));
        for (number, unit) in classes.units.iter().enumerate() {
            if unit.accepts(ch, tables) {
                row[1 + number / 64] |= 1 << (number % 64);
            }
        }
        if self.by_hash.is_empty() {
            for class in 2..classes.count as u16 {
                let hash = self.hash(classes, class);
                entry(&mut self.by_hash, hash)?.or_insert(class);
            }
        }
        let new = total as u16;
        let hash = self.hash(classes, new);
        let is_equal = |class: &u16| self.row(classes, *class) == self.row(classes, new);
        let class = match self.by_hash.get(&hash).copied().filter(is_equal) {
            Some(class) => {
                self.rows.truncate(start);
                class
            }
            None => {
                // If another row has the same hash, equivalent characters may get different classes, which is correct.
                *entry(&mut self.by_hash, hash)?.or_insert(new) = new;
                self.extra += 1;
                new
            }
        };
        if ch <= 0x10_ffff {
            self.remember(ch, class)?;
        }
        Ok(class)
    }

    fn remember(&mut self, ch: u32, class: u16) -> Result<(), NoMemory> {
        const PAGES: usize = 0x11_0000 / 256;
        if self.pages.is_empty() {
            self.pages = filled(u16::MAX, PAGES)?;
        }
        let page = &mut self.pages[(ch >> 8) as usize];
        if *page == u16::MAX {
            let start = self.blocks.len();
            resize(&mut self.blocks, start + 256, UNKNOWN_CLASS)?;
            *page = (start / 256) as u16;
        }
        self.blocks[usize::from(*page) * 256 + (ch & 255) as usize] = class;
        Ok(())
    }
}
