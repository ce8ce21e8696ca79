//! Hangul syllables, which are composed and decomposed by arithmetic (The Unicode Standard, section 3.12).

#![forbid(unsafe_code)]

/// The first syllable.
pub const S_BASE: u32 = 0xAC00;
/// The first leading consonant.
pub const L_BASE: u32 = 0x1100;
/// The first vowel.
pub const V_BASE: u32 = 0x1161;
/// One before the first trailing consonant.
pub const T_BASE: u32 = 0x11A7;
/// How many leading consonants there are.
pub const L_COUNT: u32 = 19;
/// How many vowels.
pub const V_COUNT: u32 = 21;
/// How many trailing consonants, and one for none.
pub const T_COUNT: u32 = 28;
/// How many syllables have the same leading consonant.
pub const N_COUNT: u32 = V_COUNT * T_COUNT;
/// How many syllables there are.
pub const S_COUNT: u32 = L_COUNT * N_COUNT;

/// The conjoining jamo of a syllable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syllable {
    jamo: [u32; 3],
}

impl Syllable {
    /// A leading consonant, a vowel, and a trailing consonant if there is one.
    #[inline]
    pub fn jamo(&self) -> &[u32] {
        self.jamo.get(..self.count()).unwrap_or_default()
    }

    /// A leading consonant, a vowel, and a trailing consonant or what is in its place.
    #[inline(always)]
    pub(crate) fn padded(self) -> [u32; 3] {
        self.jamo
    }

    /// How many jamo there are.
    #[inline(always)]
    pub(crate) fn count(self) -> usize {
        let [_, _, t] = self.jamo;
        2 + usize::from(t != T_BASE)
    }
}

/// The full canonical decomposition of a syllable; `None` for any other character.
#[inline]
pub fn decompose(code_point: u32) -> Option<Syllable> {
    let index = code_point.wrapping_sub(S_BASE);
    if index >= S_COUNT {
        return None;
    }
    let (pair, t) = (index / T_COUNT, index % T_COUNT);
    let jamo = [L_BASE + pair / V_COUNT, V_BASE + pair % V_COUNT, T_BASE + t];
    Some(Syllable { jamo })
}

/// The syllable that two characters compose to: a leading consonant and a vowel, or a syllable without a trailing consonant and
/// one.
#[inline]
pub fn compose(first: u32, second: u32) -> Option<u32> {
    let (l, v) = (first.wrapping_sub(L_BASE), second.wrapping_sub(V_BASE));
    if l < L_COUNT && v < V_COUNT {
        return Some(S_BASE + (l * V_COUNT + v) * T_COUNT);
    }
    let (s, t) = (first.wrapping_sub(S_BASE), second.wrapping_sub(T_BASE));
    (s < S_COUNT && s.is_multiple_of(T_COUNT) && t > 0 && t < T_COUNT).then(|| first + t)
}

/// The syllable that the jamo at the start of a text compose to, and how many these are.
#[inline]
pub fn compose_first<U: Copy + Into<u32>>(text: &[U]) -> Option<(u32, usize)> {
    let [first, second, rest @ ..] = text else { return None };
    let (l, v) = ((*first).into().wrapping_sub(L_BASE), (*second).into().wrapping_sub(V_BASE));
    if l >= L_COUNT || v >= V_COUNT {
        return None;
    }
    let pair = S_BASE + (l * V_COUNT + v) * T_COUNT;
    // Whether there is a trailing consonant does not wait for the pair to be computed.
    let t = rest.first().map_or(0, |third| (*third).into().wrapping_sub(T_BASE));
    Some(if t > 0 && t < T_COUNT { (pair + t, 3) } else { (pair, 2) })
}

#[cfg(test)]
mod tests {
    use super::{S_BASE, S_COUNT, compose, compose_first, decompose};

    #[test]
    fn syllables_compose_to_what_they_were() {
        for syllable in S_BASE..S_BASE + S_COUNT {
            let parts = decompose(syllable).expect("a syllable");
            let whole = parts.jamo().iter().copied().reduce(|first, second| compose(first, second).expect("a pair"));
            assert_eq!(whole, Some(syllable));
            let text: Vec<u32> = parts.jamo().iter().copied().chain([0x20]).collect();
            assert_eq!(compose_first(&text), Some((syllable, parts.jamo().len())));
        }
        assert_eq!(compose_first(&[0x1100_u32, 0x1161, 0x11A7]), Some((0xAC00, 2)));
        assert_eq!(compose_first(&[0xAC00_u32, 0x11A8]), None);
        assert_eq!(compose_first(&[0x1100_u32, 0x20]), None);
        assert_eq!(compose_first(&[0x1100_u32]), None);
        assert_eq!(decompose(S_BASE - 1), None);
        assert_eq!(decompose(S_BASE + S_COUNT), None);
        assert_eq!(compose(0x1100, 0x11A8), None);
        assert_eq!(compose(0xAC01, 0x11A8), None);
        assert_eq!(compose(0xAC00, 0x11A7), None);
    }
}
