//! A stream: its states, its header and trailer, and the calls that a user makes.

use crate::block::Block;
use crate::config::{
    ALL_CHAINS_LEVEL, Algorithms, CONFIGURATION_TABLE, Checked, Config, Error, Flush, Func, Profile, Status, Strategy,
    Tuning, Wrap, level,
};
use crate::history::{History, LONGEST_KEPT};
use crate::parser::Parser;
use crate::pending::Pending;
use crate::trees::Frequencies;
use crate::window::{Check, Input, Window};
use checksum::adler32;
use outbuf::OutBuf;

/// The pending buffer of the fast profile has room for stored blocks of some size.
const MIN_LIT_BUFSIZE: usize = 256;

/// How far the current call has got, as in zlib.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockState {
    /// The block is not completed: more input or more room for output is needed.
    NeedMore,
    /// The block has been flushed.
    BlockDone,
    /// The stream is finished but for more room for output.
    FinishStarted,
    /// The stream is finished, all but the trailer.
    FinishDone,
}

/// What a stream has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The header is not written yet.
    Init,
    /// Data are being compressed.
    Busy,
    /// The last block is written.
    Finish,
}

/// The `flush` of the last call, unless its output was full or there has been no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastFlush {
    /// No call yet.
    Never,
    /// The output was full: the next call is useful whatever its `flush`.
    OutputFull,
    Of(Flush),
}

impl LastFlush {
    /// See [`Flush::rank`].
    fn rank(self) -> i32 {
        match self {
            Self::Never | Self::OutputFull => -1,
            Self::Of(flush) => flush.rank(),
        }
    }
}

/// The input and output of one call.
#[derive(Debug)]
pub(crate) struct Io<'a, 'o> {
    pub(crate) input: Input<'a>,
    pub(crate) output: &'a mut OutBuf<'o>,
}

impl Io<'_, '_> {
    pub(crate) fn avail_out(&self) -> usize {
        self.output.remaining()
    }
}

/// zlib's `deflate_state`: a stream that is being compressed.
#[derive(Debug)]
pub struct Deflate {
    status: State,
    last_flush: LastFlush,
    /// The flush that was completed when the output was full.
    flushed: Option<Flush>,
    trailer_written: bool,
    /// Whether a dictionary has been set, whose Adler-32 is in the zlib header (`FDICT`).
    preset_dict: bool,
    pub(crate) check: Check,
    pub(crate) level: u8,
    pub(crate) strategy: Strategy,
    pub(crate) tuning: Tuning,
    mem_level: u32,
    profile: Profile,
    /// The algorithms, which stay the same when `params` changes the level or the strategy.
    algorithms: Algorithms,
    pub(crate) w_bits: u32,
    /// The window of zlib's algorithms.
    pub(crate) window: Window,
    /// The window and the parser of the fast profile's algorithms.
    pub(crate) history: History,
    pub(crate) parser: Parser,
    pub(crate) block: Block,
    /// Matches of the current block; at level 0, how often the hash table is to be slid (zlib's `matches`).
    pub(crate) slides: u32,
}

impl Deflate {
    /// zlib's `deflateInit2`.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let config: Checked = config.check()?;
        let lit_bufsize = 1 << (config.mem_level + 6);
        let (window, history, lit_bufsize) = match config.algorithms() {
            Algorithms::Zlib => (Window::new(&config)?, History::unused(), lit_bufsize),
            Algorithms::Fast => {
                // The memory of the table of three-byte strings is taken from here, if it is more than a few kilobytes.
                let less = if config.mem_level > 6 { lit_bufsize / 8 } else { 0 };
                (Window::unused(), History::new(&config)?, (lit_bufsize - less).max(MIN_LIT_BUFSIZE))
            }
        };
        Ok(Self {
            status: State::Init,
            last_flush: LastFlush::Never,
            flushed: None,
            trailer_written: false,
            preset_dict: false,
            check: Check { wrap: config.wrap, adler: u32::from(config.wrap != Wrap::Gzip), total_in: 0 },
            level: config.level,
            strategy: config.strategy,
            tuning: CONFIGURATION_TABLE[usize::from(config.level)],
            mem_level: config.mem_level,
            profile: config.profile,
            algorithms: config.algorithms(),
            w_bits: config.window_bits,
            window,
            history,
            parser: Parser::new(),
            block: Block { pending: Pending::new(lit_bufsize)?, freq: Frequencies::new() },
            slides: 0,
        })
    }

    /// zlib's `deflateReset`: a new stream with the same parameters.
    pub fn reset(&mut self) {
        self.status = State::Init;
        self.last_flush = LastFlush::Never;
        self.flushed = None;
        self.trailer_written = false;
        self.preset_dict = false;
        self.check.adler = u32::from(self.check.wrap != Wrap::Gzip);
        self.check.total_in = 0;
        self.tuning = CONFIGURATION_TABLE[usize::from(self.level)];
        self.window.reset();
        self.history.reset(self.level);
        self.parser = Parser::new();
        if self.block.pending.sym_next() > 0 {
            self.block.init_block();
        }
        self.block.pending.reset();
        self.slides = 0;
    }

    /// Makes this a new stream with the parameters of `config` in the memory that it has. Returns `false`, with nothing done, if
    /// they need memory of another size, or other algorithms.
    pub fn restart(&mut self, config: &Config) -> Result<bool, Error> {
        let config = config.check()?;
        if (config.window_bits, config.mem_level, config.algorithms()) != (self.w_bits, self.mem_level, self.algorithms)
        {
            return Ok(false);
        }
        let Checked { level, wrap, strategy, profile, .. } = config;
        self.check.wrap = wrap;
        self.level = level;
        self.strategy = strategy;
        self.profile = profile;
        self.reset();
        Ok(true)
    }

    /// zlib's `deflateCopy`.
    pub fn try_clone(&self) -> Result<Self, Error> {
        Ok(Self {
            check: self.check.clone(),
            window: self.window.try_clone()?,
            history: self.history.try_clone()?,
            parser: self.parser.clone(),
            block: Block { pending: self.block.pending.try_clone()?, freq: self.block.freq.clone() },
            ..*self
        })
    }

    /// zlib's `deflateSetDictionary`: data that what follows may refer to.
    ///
    /// In the zlib format this is possible before the first call of `deflate`, in raw streams also after a flush, and in gzip
    /// never.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), Error> {
        let wrap = self.check.wrap;
        if wrap == Wrap::Gzip || (wrap == Wrap::Zlib && self.status != State::Init) || self.lookahead() > 0 {
            return Err(Error::Stream);
        }
        if wrap == Wrap::Zlib {
            self.check.adler = adler32(self.check.adler, dictionary);
        }
        match self.algorithms {
            Algorithms::Zlib => self.window.set_dictionary(dictionary, wrap),
            Algorithms::Fast => self.set_fast_dictionary(dictionary),
        }
        self.preset_dict |= self.status == State::Init && !dictionary.is_empty();
        Ok(())
    }

    /// [`Self::set_dictionary`] in the fast profile.
    fn set_fast_dictionary(&mut self, dictionary: &[u8]) {
        if dictionary.is_empty() {
            return;
        }
        self.history.set_dictionary(dictionary);
        if self.level == 1 {
            self.insert_quick_dictionary(dictionary);
        } else {
            self.history.insert_strings();
        }
    }

    /// zlib's `deflateParams`: another level and strategy from here on.
    ///
    /// What was read with the old ones may have to be flushed first, as with [`Flush::Block`]. When there is no room
    /// for that, or input is left, nothing changes and the result is `Error::Buf`.
    pub fn params(
        &mut self,
        input: &mut &[u8],
        output: &mut OutBuf<'_>,
        level: i32,
        strategy: Strategy,
    ) -> Result<(), Error> {
        let level = self::level(level)?;
        let tuning = CONFIGURATION_TABLE[usize::from(level)];
        if (strategy != self.strategy || tuning.func != self.tuning.func) && self.last_flush != LastFlush::Never {
            if self.deflate(input, output, Flush::Block) == Err(Error::Stream) {
                return Err(Error::Stream);
            }
            let unflushed = match self.algorithms {
                Algorithms::Zlib => self.window.strstart as isize - self.window.block_start,
                Algorithms::Fast => self.history.strstart as isize - self.history.block_start,
            } + self.lookahead() as isize;
            if !input.is_empty() || unflushed != 0 {
                return Err(Error::Buf);
            }
        }
        if self.level != level {
            if self.level == 0 && self.slides > 0 {
                if self.slides == 1 {
                    self.window.slide_hash();
                } else {
                    self.window.clear_hash();
                }
                self.slides = 0;
            }
            if level >= ALL_CHAINS_LEVEL && self.level < ALL_CHAINS_LEVEL {
                // The strings before were not all inserted.
                self.history.forget();
            }
            self.level = level;
            self.tuning = tuning;
        }
        self.strategy = strategy;
        Ok(())
    }

    /// zlib's `deflateBound`: how long the output for `source_len` bytes in one call with [`Flush::Finish`] can be.
    pub fn bound(&self, source_len: u64) -> u64 {
        let wrap_len = match self.check.wrap {
            Wrap::Raw => 0,
            Wrap::Zlib if self.preset_dict => 10,
            Wrap::Zlib => 6,
            Wrap::Gzip => 18,
        };
        let data = if self.w_bits == 15 && self.mem_level == 8 {
            (source_len >> 12) + (source_len >> 14) + (source_len >> 25) + 7
        } else if self.w_bits <= self.mem_level + 7 && self.level > 0 {
            // Blocks with fixed codes: nine bits for a byte. The window may have slid past what could be stored.
            (source_len >> 3) + (source_len >> 8) + (source_len >> 9) + 4
        } else {
            // Stored blocks of 127 bytes.
            (source_len >> 5) + (source_len >> 7) + (source_len >> 11) + 7
        };
        source_len.saturating_add(data).saturating_add(wrap_len)
    }

    /// The check value: of the data so far, or of the dictionary before there are data.
    pub fn adler(&self) -> u32 {
        self.check.adler
    }

    /// Bytes and bits of output that wait for room (zlib's `deflatePending`).
    pub fn pending(&self) -> (usize, u32) {
        (self.block.pending.len(), self.block.pending.bi_valid())
    }

    /// How many bytes the stream takes.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.window.memory() + self.history.memory() + self.block.pending.memory()
    }

    /// zlib's `deflate`: compresses from `input`, which is moved past what was read, to `output`, until the one is empty or
    /// the other full.
    pub fn deflate(&mut self, input: &mut &[u8], output: &mut OutBuf<'_>, flush: Flush) -> Result<Status, Error> {
        let data = *input;
        let mut io = Io { input: Input { data, next_in: 0 }, output };
        let result = self.deflate_io(&mut io, flush);
        *input = &data[io.input.next_in..];
        result
    }

    fn deflate_io(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> Result<Status, Error> {
        if self.status == State::Finish && flush != Flush::Finish {
            return Err(Error::Stream);
        }
        if io.avail_out() == 0 {
            return Err(Error::Buf);
        }
        let old_flush = self.last_flush;
        self.last_flush = LastFlush::Of(flush);
        if self.block.pending.len() > 0 {
            self.flush_pending(io);
            if io.avail_out() == 0 {
                self.last_flush = LastFlush::OutputFull;
                return Ok(Status::Ok);
            }
        } else if io.input.avail_in() == 0 && flush.rank() <= old_flush.rank() && flush != Flush::Finish {
            return Err(Error::Buf);
        }
        if self.status == State::Finish && io.input.avail_in() > 0 {
            return Err(Error::Buf);
        }

        // zlib flushes once more when the output was full right after a flush; here no output depends on its cuts.
        let flushed = std::mem::take(&mut self.flushed);
        if self.profile == Profile::Fast && flushed == Some(flush) && io.input.avail_in() == 0 {
            return Ok(Status::Ok);
        }

        if self.status == State::Init {
            self.write_header();
            self.status = State::Busy;
            self.flush_pending(io);
            if self.block.pending.len() > 0 {
                self.last_flush = LastFlush::OutputFull;
                return Ok(Status::Ok);
            }
        }

        if io.input.avail_in() > 0 || self.lookahead() > 0 || (flush != Flush::No && self.status != State::Finish) {
            let state = self.compress(io, flush);
            if matches!(state, BlockState::FinishStarted | BlockState::FinishDone) {
                self.status = State::Finish;
            }
            if matches!(state, BlockState::NeedMore | BlockState::FinishStarted) {
                if io.avail_out() == 0 {
                    self.last_flush = LastFlush::OutputFull;
                }
                return Ok(Status::Ok);
            }
            if state == BlockState::BlockDone {
                match flush {
                    Flush::Partial => self.block.align(),
                    Flush::Block => {}
                    _ => self.block.stored_block(&[], false),
                }
                if flush == Flush::Full {
                    self.window.clear_hash();
                    self.history.forget();
                    if self.window.lookahead == 0 {
                        self.window.strstart = 0;
                        self.window.block_start = 0;
                        self.window.insert = 0;
                        self.window.next_insert = 0;
                    }
                }
                self.flush_pending(io);
                if io.avail_out() == 0 {
                    self.last_flush = LastFlush::OutputFull;
                    self.flushed = Some(flush);
                    return Ok(Status::Ok);
                }
            }
        }

        if flush != Flush::Finish {
            return Ok(Status::Ok);
        }
        if self.trailer_written || self.check.wrap == Wrap::Raw {
            return Ok(Status::StreamEnd);
        }
        if self.check.wrap == Wrap::Zlib {
            self.block.pending.put_bytes(&self.check.adler.to_be_bytes());
        } else {
            self.block.pending.put_bytes(&self.check.adler.to_le_bytes());
            self.block.pending.put_bytes(&(self.check.total_in as u32).to_le_bytes());
        }
        self.flush_pending(io);
        self.trailer_written = true;
        Ok(if self.block.pending.len() > 0 { Status::Ok } else { Status::StreamEnd })
    }

    fn compress(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        let zlib = self.algorithms == Algorithms::Zlib;
        match (self.strategy, self.tuning.func) {
            (_, Func::Stored) if zlib => self.deflate_stored(io, flush),
            (_, Func::Stored) => self.deflate_store(io, flush),
            (Strategy::HuffmanOnly, _) if zlib => self.deflate_huff(io, flush),
            (Strategy::HuffmanOnly, _) => self.deflate_literals(io, flush),
            (Strategy::Rle, _) if zlib => self.deflate_rle(io, flush),
            (Strategy::Rle, _) => self.deflate_runs(io, flush),
            (_, Func::Fast) if zlib => self.deflate_fast(io, flush),
            (_, Func::Slow) if zlib => self.deflate_slow(io, flush),
            _ if self.level == 1 => self.deflate_quick(io, flush),
            _ => self.deflate_lazy(io, flush),
        }
    }

    /// How much has been read that is not compressed.
    fn lookahead(&self) -> usize {
        match self.algorithms {
            Algorithms::Zlib => self.window.lookahead,
            Algorithms::Fast => self.history.lookahead,
        }
    }

    /// The header of the zlib format (RFC 1950, section 2.2) or of gzip (RFC 1952, section 2.3).
    fn write_header(&mut self) {
        let fastest = self.strategy as i32 >= Strategy::HuffmanOnly as i32 || self.level < 2;
        let pending = &mut self.block.pending;
        match self.check.wrap {
            Wrap::Raw => {}
            Wrap::Zlib => {
                let level_flags = match self.level {
                    _ if fastest => 0,
                    ..6 => 1,
                    6 => 2,
                    7.. => 3,
                };
                let preset_dict = self.preset_dict;
                let mut header = (8 + ((self.w_bits as u16 - 8) << 4)) << 8;
                header |= level_flags << 6 | u16::from(preset_dict) << 5;
                header += 31 - header % 31;
                pending.put_bytes(&header.to_be_bytes());
                if preset_dict {
                    pending.put_bytes(&self.check.adler.to_be_bytes());
                }
                self.check.adler = 1;
            }
            Wrap::Gzip => {
                let extra_flags = match self.level {
                    9 => 2,
                    _ if fastest => 4,
                    _ => 0,
                };
                const OS_UNIX: u8 = 3;
                pending.put_bytes(&[31, 139, 8, 0, 0, 0, 0, 0, extra_flags, OS_UNIX]);
                self.check.adler = 0;
            }
        }
    }

    pub(crate) fn flush_pending(&mut self, io: &mut Io<'_, '_>) {
        self.block.pending.flush(io.output);
    }

    /// zlib's `FLUSH_BLOCK_ONLY`.
    pub(crate) fn flush_block_only(&mut self, io: &mut Io<'_, '_>, last: bool) {
        let (window, strstart, block_start) = match self.algorithms {
            Algorithms::Zlib => (&self.window.window, self.window.strstart, &mut self.window.block_start),
            Algorithms::Fast => (&self.history.window, self.history.strstart, &mut self.history.block_start),
        };
        let data = usize::try_from(*block_start).ok().map(|start| &window[start..strstart]);
        // When the window slides does not matter: it keeps blocks of this length.
        let data = data.filter(|data| self.algorithms == Algorithms::Zlib || data.len() <= LONGEST_KEPT);
        self.block.flush_block(data, self.strategy, self.algorithms, last);
        *block_start = strstart as isize;
        self.parser.begin_block();
        self.slides = 0;
        self.flush_pending(io);
    }

    /// zlib's `FLUSH_BLOCK`: `Some` when the output is full.
    pub(crate) fn flush_block(&mut self, io: &mut Io<'_, '_>, last: bool) -> Option<BlockState> {
        self.flush_block_only(io, last);
        (io.avail_out() == 0).then_some(if last { BlockState::FinishStarted } else { BlockState::NeedMore })
    }

    /// What all functions but `deflate_stored` do after the last byte of a flush.
    pub(crate) fn flush_rest(&mut self, io: &mut Io<'_, '_>, flush: Flush) -> BlockState {
        if flush == Flush::Finish {
            return self.flush_block(io, true).unwrap_or(BlockState::FinishDone);
        }
        if self.block.pending.sym_next() > 0
            && let Some(state) = self.flush_block(io, false)
        {
            return state;
        }
        BlockState::BlockDone
    }
}
