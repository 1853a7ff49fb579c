package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.TimeZones;
import java.time.ZoneId;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a statement gave: rows, pulled batch by batch, or a count. One thread; close it, which stops
 * a query that still runs.
 */
public interface Result extends AutoCloseable {
  /** The columns of the rows; without fields where the statement gives none. */
  Schema schema();

  /** Whether this has rows (possibly none) rather than a count. */
  boolean hasRows();

  /** What was done, for people and JDBC: {@code SELECT}, {@code CREATE TABLE}, {@code INSERT}. */
  String tag();

  /** Rows written, 0 for statements that write none, -1 where there are rows. */
  long updateCount();

  /** Whether rows keep coming until this is closed or cancelled: an EMIT. */
  default boolean isLive() {
    return false;
  }

  /** Whether rows come and go, so that the batches have weights: EMIT CHANGES. */
  default boolean hasWeights() {
    return false;
  }

  /** The time zone of the session, whose clocks instants are shown by. */
  default ZoneId timeZone() {
    return TimeZones.UTC;
  }

  /** What the user should know beside the result. */
  default List<String> warnings() {
    return List.of();
  }

  /**
   * The next rows, the caller's to close, or null at the end. Waits for them. May have a selection,
   * and weights where the result is a changing one (EMIT CHANGES).
   *
   * @throws dev.tidemill.foundation.error.TidemillException what went wrong; nothing comes after it
   */
  @Nullable Batch next();

  @Override
  void close();
}
