//! The state of a decompressor object that is fed in pieces, as `bz2.BZ2Decompressor` and its equals in other modules.
//!
//! These objects share an interface: `decompress(data, max_length)` returns at most `max_length` bytes and keeps the input
//! that it has not used; `needs_input` says whether the next call can do without more; `eof` and `unused_data` tell of
//! the end of the stream. [`Incremental`] is all of that but the format, which is a [`Decoder`]. It follows
//! `decompress_buf()` and `decompress()` of `_bz2module.c`, `zlibmodule.c`, `_lzmamodule.c` and `_zstd/decompressor.c`,
//! which differ in the two constants of [`Decoder`].
//!
//! It does no input or output of its own: a call of `decompress()` is a [`Call`], whose steps the caller runs with as
//! much space for output as it likes.
//!
//! - `lib.rs`: [`Incremental`] and [`Call`].
//! - `pending.rs`: input that has been kept for the next call.
//! - `unused.rs`: [`UnusedData`], the data after the end of a stream, which also serves `zlib.Decompress`.

#![forbid(unsafe_code)]

mod pending;
mod unused;

pub use unused::UnusedData;

use outbuf::OutBuf;
use pending::Pending;

/// Memory could not be allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// What a step of a decoder has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The end of the input, or of the space for output.
    Running,
    /// The stream cannot go on before the decoder is given a dictionary.
    NeedsDictionary,
    /// The end of the stream.
    Ended,
}

/// The result of a step of a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<E> {
    /// How many bytes of input have been consumed, before an error too.
    pub consumed: usize,
    /// What has been reached, or why the stream is invalid.
    pub result: Result<Status, E>,
}

/// A format.
pub trait Decoder {
    /// Why a stream is invalid.
    type Error;

    /// Whether a call ends as soon as all input has been consumed, even if the output is full and there may be more.
    const ENDS_WITH_INPUT: bool;

    /// Whether after an error no call is allowed.
    const ERRORS_ARE_FINAL: bool;

    /// Decompresses `input` into `out` until one of them is used up, or the stream ends.
    fn step(&mut self, input: &[u8], out: &mut OutBuf<'_>) -> Step<Self::Error>;
}

/// Why a call of `decompress()` is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The end of the stream has been reached.
    Ended,
    /// An earlier call has failed.
    Failed,
    /// There is no memory for more input.
    OutOfMemory,
}

/// What the caller has to do after a step of a [`Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Provide space for output and run another step, or end the call if there may be no more output.
    OutputFull,
    /// Give the decoder its dictionary and run another step, or end the call.
    NeedsDictionary,
    /// End the call.
    Done,
}

/// A decompressor that is fed in pieces.
#[derive(Debug)]
pub struct Incremental<D, T> {
    /// `None` after the end of the stream.
    decoder: Option<D>,
    failed: bool,
    needs_input: bool,
    pending: Pending,
    unused_data: UnusedData<T>,
}

impl<D: Decoder, T> Incremental<D, T> {
    /// A new stream.
    pub fn new(decoder: D) -> Self {
        Self {
            decoder: Some(decoder),
            failed: false,
            needs_input: true,
            pending: Pending::default(),
            unused_data: UnusedData::default(),
        }
    }

    /// Whether the end of the stream has been reached.
    pub fn eof(&self) -> bool {
        self.decoder.is_none()
    }

    /// Whether a call without input would return nothing.
    pub fn needs_input(&self) -> bool {
        self.needs_input
    }

    /// The input after the end of the stream.
    pub fn unused_data(&mut self) -> &mut UnusedData<T> {
        &mut self.unused_data
    }

    /// The parts that the caller has to release.
    pub fn into_parts(self) -> (Option<D>, Option<T>) {
        (self.decoder, self.unused_data.into_joined())
    }

    /// Begins a call of `decompress()` with this input after the input that has been kept.
    pub fn begin<'a>(&'a mut self, data: &'a [u8]) -> Result<Call<'a, D, T>, Refusal> {
        if self.decoder.is_none() {
            return Err(Refusal::Ended);
        }
        if self.failed {
            return Err(Refusal::Failed);
        }
        let from_pending = !self.pending.is_empty();
        if from_pending {
            self.pending.append(data).map_err(|OutOfMemory| Refusal::OutOfMemory)?;
        }
        Ok(Call { state: self, data, from_pending, consumed: 0, ended: None, complete: false })
    }
}

/// A call of `decompress()`. Dropped without [`end`](Self::end), as after an error, it discards its input.
#[derive(Debug)]
pub struct Call<'a, D: Decoder, T> {
    state: &'a mut Incremental<D, T>,
    data: &'a [u8],
    /// The input is what is pending, to which `data` has been appended.
    from_pending: bool,
    consumed: usize,
    /// The decoder of a stream that has ended.
    ended: Option<D>,
    /// Whether [`end`](Self::end) has been called.
    complete: bool,
}

impl<D: Decoder, T> Drop for Call<'_, D, T> {
    fn drop(&mut self) {
        if !self.complete {
            self.state.pending = Pending::default();
        }
    }
}

impl<D: Decoder, T> Call<'_, D, T> {
    /// How many bytes of input have not been consumed.
    pub fn remaining(&self) -> usize {
        self.input().len() - self.consumed
    }

    /// The decoder, the input of this call, and how much of it has been consumed.
    pub fn parts(&mut self) -> Option<(&mut D, &[u8], usize)> {
        let input = if self.from_pending { self.state.pending.bytes() } else { self.data };
        self.state.decoder.as_mut().map(|decoder| (decoder, input, self.consumed))
    }

    fn input(&self) -> &[u8] {
        if self.from_pending { self.state.pending.bytes() } else { self.data }
    }

    /// Runs the decoder once.
    pub fn step(&mut self, out: &mut OutBuf<'_>) -> Result<Progress, D::Error> {
        let consumed_before = self.consumed;
        let Some((decoder, input, _)) = self.parts() else { return Ok(Progress::Done) };
        let len = input.len();
        let step = decoder.step(&input[consumed_before..], out);
        self.consumed += step.consumed;
        let status = match step.result {
            Ok(status) => status,
            Err(error) => {
                if D::ERRORS_ARE_FINAL {
                    self.state.failed = true;
                    self.state.needs_input = false;
                }
                return Err(error);
            }
        };
        let input_is_used = self.consumed == len;
        Ok(match status {
            Status::NeedsDictionary => Progress::NeedsDictionary,
            Status::Ended => {
                self.ended = self.state.decoder.take();
                Progress::Done
            }
            Status::Running if D::ENDS_WITH_INPUT && input_is_used => Progress::Done,
            Status::Running if out.remaining() == 0 => Progress::OutputFull,
            Status::Running if input_is_used || step.consumed == 0 => Progress::Done,
            // The decoder has stopped early.
            Status::Running => Progress::OutputFull,
        })
    }

    /// Ends the call: keeps the input that has not been consumed. Returns the decoder of a stream that has ended.
    pub fn end(mut self) -> Result<Option<D>, OutOfMemory> {
        self.complete = true;
        let ended = self.ended.take();
        let state = &mut *self.state;
        let left = &(if self.from_pending { state.pending.bytes() } else { self.data })[self.consumed..];
        if ended.is_some() {
            let kept = state.unused_data.append(left);
            state.needs_input = false;
            state.pending = Pending::default();
            kept?;
        } else if left.is_empty() {
            state.pending.clear();
            state.needs_input = true;
        } else if self.from_pending {
            state.pending.consume(self.consumed);
            state.needs_input = false;
        } else {
            state.pending.append(&self.data[self.consumed..])?;
            state.needs_input = false;
        }
        Ok(ended)
    }
}

#[cfg(test)]
mod tests;
