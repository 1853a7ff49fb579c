package dev.tidemill.exec.spill;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of one kind on disk, in the order in which they were added: blocks of a {@link Spill}. Adds
 * from any thread; read once nothing is added any more.
 */
public final class SpilledRows {
  private final Spill spill;
  private final List<Type> types;
  private final List<SpilledBlock> blocks = new ArrayList<>();
  private long count;
  private long plainBytes;

  public SpilledRows(Spill spill, List<Type> types) {
    this.spill = spill;
    this.types = types;
  }

  /** Writes the rows that count; the batch is borrowed. */
  public void add(Batch batch) {
    SpilledBlock block = spill.write(batch);
    synchronized (this) {
      blocks.add(block);
      count += block.rows();
      plainBytes += block.plainBytes();
    }
  }

  public synchronized long count() {
    return count;
  }

  /** About what all rows take in memory. */
  public synchronized long plainBytes() {
    return plainBytes;
  }

  public synchronized int blockCount() {
    return blocks.size();
  }

  /** A block, the caller's to close, charged to {@code scope}. */
  public Batch block(int index, MemoryScope scope) {
    return spill.read(blocks.get(index), types, scope);
  }
}
