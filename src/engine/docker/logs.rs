//! Logs of containers.

use std::time::Duration;

use bollard::container::LogOutput;
use bytes::Bytes;
use futures_util::stream::{BoxStream, unfold};
use futures_util::{Stream, StreamExt};

use super::containers::{later, log_query};
use super::retry::{WAITS, is_retryable};
use super::{ApiError, Docker};
use crate::engine::{LogOptions, Result};

/// Reads a container log.
struct LogReader {
    docker: Docker,
    container: String,
    options: LogOptions,
    log: BoxStream<'static, Result<LogOutput, ApiError>>,
    /// Delays before retries; none once a part was read, since a retry would repeat that part.
    waits: std::vec::IntoIter<Duration>,
}

impl Docker {
    pub(super) fn follow(&self, container: &str, options: LogOptions) -> impl Stream<Item = Result<Bytes>> + use<> {
        let reader = LogReader {
            docker: self.clone(),
            container: container.into(),
            options,
            log: self.log(container, options),
            waits: WAITS.to_vec().into_iter(),
        };
        let wanted = move |chunk: Bytes| options.since.map_or(Some(chunk.clone()), |since| later(&chunk, since));
        let wanted = move |chunk: Result<Bytes>| std::future::ready(chunk.map(wanted).transpose());
        unfold(reader, LogReader::next).filter_map(wanted)
    }

    fn log(&self, container: &str, options: LogOptions) -> BoxStream<'static, Result<LogOutput, ApiError>> {
        self.client.logs(container, Some(log_query(options))).boxed()
    }
}

impl LogReader {
    async fn next(mut self) -> Option<(Result<Bytes>, Self)> {
        loop {
            let error = match self.log.next().await? {
                Ok(chunk) => {
                    self.waits = vec![].into_iter();
                    return Some((Ok(chunk.into_bytes()), self));
                }
                Err(error) => self.docker.translate("show a log", error),
            };
            match self.waits.next() {
                Some(wait) if is_retryable(&error) => tokio::time::sleep(wait).await,
                _ => return Some((Err(error), self)),
            }
            self.log = self.docker.log(&self.container, self.options);
        }
    }
}
