package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A statement that was done: what, and how many rows it wrote. */
record CountResult(String tag, long updateCount, List<String> warnings) implements Result {
  private static final Schema NO_COLUMNS = new Schema(List.of());

  CountResult {
    warnings = List.copyOf(warnings);
  }

  /** A statement that writes no rows. */
  static Result done(String tag) {
    return new CountResult(tag, 0, List.of());
  }

  /** A statement that found nothing to do, and why. */
  static Result done(String tag, String notice) {
    return new CountResult(tag, 0, List.of(notice));
  }

  @Override
  public Schema schema() {
    return NO_COLUMNS;
  }

  @Override
  public boolean hasRows() {
    return false;
  }

  @Override
  public @Nullable Batch next() {
    return null;
  }

  @Override
  public void close() {}
}
