//! zlib's return codes.

#![forbid(unsafe_code)]

use inflate::Status;

/// A return code of zlib, with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum ReturnCode {
    /// `Z_OK`
    Ok = 0,
    /// `Z_STREAM_END`
    StreamEnd = 1,
    /// `Z_NEED_DICT`
    NeedDict = 2,
    /// `Z_STREAM_ERROR`
    StreamError = -2,
    /// `Z_DATA_ERROR`
    DataError = -3,
    /// `Z_MEM_ERROR`
    MemError = -4,
    /// `Z_BUF_ERROR`
    BufError = -5,
}

impl From<Result<deflate::Status, deflate::Error>> for ReturnCode {
    fn from(result: Result<deflate::Status, deflate::Error>) -> Self {
        match result {
            Ok(deflate::Status::Ok) => Self::Ok,
            Ok(deflate::Status::StreamEnd) => Self::StreamEnd,
            Err(error) => error.into(),
        }
    }
}

impl From<deflate::Error> for ReturnCode {
    fn from(error: deflate::Error) -> Self {
        match error {
            deflate::Error::Stream => Self::StreamError,
            deflate::Error::Mem => Self::MemError,
            deflate::Error::Buf => Self::BufError,
        }
    }
}

impl From<Status> for ReturnCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Ok => Self::Ok,
            Status::StreamEnd => Self::StreamEnd,
            Status::NeedDict => Self::NeedDict,
            Status::BufError => Self::BufError,
            Status::DataError => Self::DataError,
            Status::MemError => Self::MemError,
        }
    }
}

impl From<inflate::Error> for ReturnCode {
    fn from(error: inflate::Error) -> Self {
        match error {
            inflate::Error::Stream => Self::StreamError,
            inflate::Error::Data => Self::DataError,
            inflate::Error::Memory => Self::MemError,
        }
    }
}
