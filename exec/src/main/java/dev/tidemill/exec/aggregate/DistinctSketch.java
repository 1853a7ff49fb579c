package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;

/**
 * About how many different values there were: HyperLogLog with 4,096 registers (Apache
 * DataSketches), a standard error of 1.6% and 4 KB at most. Up to a few hundred values the answer
 * is exact but for chance (one in a hundred thousand).
 *
 * <p>The answer depends on the set of values alone, not on their order or on what was merged with
 * what: of the sketch's estimates the one is taken that looks at nothing but the registers.
 */
public final class DistinctSketch implements Sketch<DistinctSketch> {
  private static final int LOG_REGISTERS = 12;

  /** What the sketch's objects take beside their arrays. */
  private static final int OBJECT_BYTES = 112;

  private HllSketch sketch = new HllSketch(LOG_REGISTERS, TgtHllType.HLL_8);

  /** A word for each of {@code count} values that is the same where they are not distinct. */
  static void words(
      Type type, Column values, int[] rows, int count, EncodedRows scratch, long[] words) {
    if (KeyWords.fits(type)) {
      KeyWords.read(values, rows, count, words);
    } else {
      RowCodec.of(List.of(type)).encode(List.of(values), new Selection(rows, count), 0, scratch);
      for (int i = 0; i < count; i++) {
        words[i] = scratch.hash(i);
      }
    }
  }

  /** The word of one value. */
  public static long word(Type type, Column values, int row) {
    long[] word = new long[1];
    words(type, values, new int[] {row}, 1, new EncodedRows(), word);
    return word[0];
  }

  @Override
  public void add(long word) {
    sketch.update(word);
  }

  @Override
  public void merge(DistinctSketch other) {
    if (other.sketch.isEmpty()) {
      return;
    }
    HllUnion union = new HllUnion(LOG_REGISTERS);
    union.update(sketch);
    union.update(other.sketch);
    sketch = union.getResult(TgtHllType.HLL_8);
  }

  public long estimate() {
    return Math.round(sketch.getCompositeEstimate());
  }

  /** The sketch as it is written. */
  @Override
  public byte[] bytes() {
    return sketch.toCompactByteArray();
  }

  @Override
  public void merge(byte[] bytes) {
    merge(of(bytes));
  }

  /** A sketch that was written by {@link #bytes}. */
  public static DistinctSketch of(byte[] bytes) {
    DistinctSketch read = new DistinctSketch();
    read.sketch = HllSketch.heapify(MemorySegment.ofArray(bytes));
    return read;
  }

  @Override
  public int heapBytes() {
    return OBJECT_BYTES + sketch.getUpdatableSerializationBytes();
  }
}
