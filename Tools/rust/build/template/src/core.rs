//! The pure core: what the functions compute, over slices and numbers, without Python.

#![forbid(unsafe_code)]

/// The sum of the bytes. It stands here until the first function of the module does.
pub fn example(data: &[u8]) -> u64 {
    // A slice has less than 2**63 bytes, but not even 2**56 fit into any machine.
    data.iter().fold(0, |sum, byte| sum.wrapping_add(u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::example;

    #[test]
    fn bytes_are_added() {
        assert_eq!(example(b""), 0);
        assert_eq!(example(&[255; 1000]), 255_000);
    }
}
