package dev.tidemill.streaming;

import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.streaming.state.MemoryState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a standing query has taken, in its state: how far it has read each table (under {@value
 * #OFFSETS}) and from where on (under {@value #STARTS}), how much that was (under {@value
 * #TOTALS}), and of one that ends by itself the step that was its last (under {@value #LAST_STEP}).
 */
final class TakenInput {
  static final String OFFSETS = "$offsets";
  static final String STARTS = "$starts";
  static final String LAST_STEP = "$last";
  static final String TOTALS = "$totals";
  private static final byte[] ONLY_KEY = {};

  private final MemoryState state;

  TakenInput(MemoryState state) {
    this.state = state;
  }

  /**
   * How far a table has been read.
   *
   * @param step the step that took it there
   */
  record Taken(long step, boolean ended, Offset offset) {
    byte[] encode() {
      return (step + " " + (ended ? "e" : "o") + " " + offset.text())
          .getBytes(StandardCharsets.UTF_8);
    }

    static Taken decode(byte[] bytes) {
      String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", 3);
      return new Taken(Long.parseLong(parts[0]), parts[1].equals("e"), new Offset(parts[2]));
    }
  }

  /** What all steps have taken, and the watermark of the last. */
  record Totals(long rowsIn, long lateRows, long rejectedRows, long watermarkMicros) {
    static final Totals NONE = new Totals(0, 0, 0, Long.MIN_VALUE);

    Totals plus(long rows, long late, long rejected, long watermark) {
      return new Totals(rowsIn + rows, lateRows + late, rejectedRows + rejected, watermark);
    }

    byte[] encode() {
      return ByteBuffer.allocate(4 * Long.BYTES)
          .putLong(rowsIn)
          .putLong(lateRows)
          .putLong(rejectedRows)
          .putLong(watermarkMicros)
          .array();
    }

    static Totals decode(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Totals(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }
  }

  /** How far a table has been read, or null where nothing of it was taken. */
  @Nullable Taken of(TableReference table) {
    byte[] found = state.keyedValue(OFFSETS).get(key(table));
    return found == null ? null : Taken.decode(found);
  }

  void set(TableReference table, Taken taken) {
    state.keyedValue(OFFSETS).put(key(table), taken.encode());
  }

  /** Where its first step began in a table; null where it has taken none, or that was not noted. */
  @Nullable Offset start(TableReference table) {
    byte[] found = state.keyedValue(STARTS).get(key(table));
    return found == null ? null : new Offset(new String(found, StandardCharsets.UTF_8));
  }

  void setStart(TableReference table, Offset start) {
    state.keyedValue(STARTS).put(key(table), start.text().getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] key(TableReference table) {
    return String.join("\u0000", table.path()).getBytes(StandardCharsets.UTF_8);
  }

  Totals totals() {
    byte[] found = state.keyedValue(TOTALS).get(ONLY_KEY);
    return found == null ? Totals.NONE : Totals.decode(found);
  }

  void setTotals(Totals totals) {
    state.keyedValue(TOTALS).put(ONLY_KEY, totals.encode());
  }

  /** The step that was the last, or null where none was. */
  @Nullable Long lastStep() {
    byte[] found = state.keyedValue(LAST_STEP).get(ONLY_KEY);
    return found == null ? null : ByteBuffer.wrap(found).getLong();
  }

  void setLastStep(long step) {
    state
        .keyedValue(LAST_STEP)
        .put(ONLY_KEY, ByteBuffer.allocate(Long.BYTES).putLong(step).array());
  }
}
