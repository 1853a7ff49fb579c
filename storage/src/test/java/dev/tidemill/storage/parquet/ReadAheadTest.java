package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileInput;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What a window reads ahead of a slow file is what the file holds, and errors come when reached.
 */
final class ReadAheadTest {
  private static final int SIZE = 9_000_000;

  /** Bytes that follow from their places, at 100 MB a second; none from {@code broken} on. */
  private static final class SlowFile implements FileInput {
    private final AtomicInteger readers = new AtomicInteger();
    private final AtomicInteger elsewhere = new AtomicInteger();
    private final Thread reader = Thread.currentThread();
    private final long broken;

    SlowFile(long broken) {
      this.broken = broken;
    }

    static byte at(long position) {
      return (byte) (position * 31 + (position >>> 8) * 7);
    }

    @Override
    public String path() {
      return "slow";
    }

    @Override
    public long size() {
      return SIZE;
    }

    @Override
    public void readFully(long position, byte[] to, int offset, int count) {
      for (int i = 0; i < count; i++) {
        to[offset + i] = at(position + i);
      }
    }

    @Override
    public void readFully(long position, long address, int count) {
      readers.incrementAndGet();
      elsewhere.addAndGet(Thread.currentThread() == reader ? 0 : 1);
      long until = System.nanoTime() + count * 10L;
      if (position + count > broken) {
        throw ParquetErrors.malformed(new ParquetPlace("slow", "a", 0), "broken");
      }
      for (int i = 0; i < count; i++) {
        Memory.putByte(address + i, at(position + i));
      }
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }

    @Override
    public int read(long position, byte[] to, int offset, int count) {
      readFully(position, to, offset, count);
      return count;
    }

    @Override
    public void close() {}
  }

  @Test
  void aSlowFileIsReadAhead() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    SlowFile file = new SlowFile(Long.MAX_VALUE);
    try (MemoryScope scope = MemoryScope.root("window", MemoryScope.UNLIMITED);
        FileWindow window = new FileWindow(file, SIZE, scope)) {
      long position = 0;
      while (position < SIZE) {
        int bytes = (int) Math.min(SIZE - position, 1 + random.nextInt(700_000));
        long address = window.load(position, bytes);
        for (int i = 0; i < bytes; i += 997) {
          assertEquals(
              SlowFile.at(position + i), Memory.getByte(address + i), "seed " + seed + "L");
        }
        position += bytes + (random.nextInt(8) == 0 ? random.nextInt(3_000_000) : 0);
      }
      assertTrue(file.elsewhere.get() > 0, "seed " + seed + "L");
    }
  }

  /** There is room for the window, none for another. */
  @Test
  void withoutMemoryNothingIsReadAhead() {
    SlowFile file = new SlowFile(Long.MAX_VALUE);
    try (MemoryScope scope = MemoryScope.root("window", 3 << 19);
        FileWindow window = new FileWindow(file, SIZE, scope)) {
      for (long position = 0; position < SIZE; position += 100_000) {
        long address = window.load(position, 100_000);
        assertEquals(SlowFile.at(position), Memory.getByte(address));
      }
      assertEquals(0, file.elsewhere.get());
    }
  }

  @Test
  void anErrorAheadComesWhenItIsReached() {
    SlowFile file = new SlowFile(3_000_000);
    try (MemoryScope scope = MemoryScope.root("window", MemoryScope.UNLIMITED);
        FileWindow window = new FileWindow(file, SIZE, scope)) {
      for (long position = 0; position < 2_000_000; position += 100_000) {
        window.load(position, 100_000);
      }
      assertThrows(TidemillException.class, () -> window.load(2_950_000, 100_000));
    }
  }
}
