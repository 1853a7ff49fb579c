package dev.tidemill.streaming.pipeline;

import dev.tidemill.storage.table.Offset;

/** A table that has a watermark of its own, as the result of a standing query has its query's. */
public interface WatermarkSource {
  /**
   * The watermark behind an offset, in microseconds: {@link Long#MIN_VALUE} where it is not known
   * to have gone on, {@link Long#MAX_VALUE} where nothing will ever come behind.
   */
  long watermarkMicros(Offset to);
}
