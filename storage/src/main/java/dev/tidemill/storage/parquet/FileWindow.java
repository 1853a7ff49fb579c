package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileInput;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a file in memory that moves forwards with what is read: {@value #WINDOW_BYTES}
 * bytes, or more where more is asked for at once.
 *
 * <p>Where reads take longer than from the system's cache, the next stretch is read by another
 * thread while this one is used:
 *
 * <pre>
 *   here     ├──── window ────┤
 *   ahead          room ├tail┤├──── being read ────┤    the tail, of which more is asked for,
 *                                                       is copied in front of what follows
 * </pre>
 *
 * <p>One thread.
 */
final class FileWindow implements AutoCloseable {
  private static final int WINDOW_BYTES = 1 << 20;

  /** What may be left of the window when the next one is needed: more than most pages. */
  private static final int ROOM_BYTES = 1 << 19;

  /** Slower than a third of a GB in a second is no cache. */
  private static final long SLOW_NANOS_PER_BYTE = 3;

  /** Less is read too fast to be measured. */
  private static final int MEASURED_BYTES = 1 << 16;

  /** Behind the limit, so much is read for what is asked for. */
  private static final int LEAST_BYTES = 1 << 10;

  private final FileInput input;
  private final MemoryScope scope;
  private final long last;
  private @Nullable Buffer buffer;

  /** Where the byte at {@link #start} is. */
  private long address;

  private long start;
  private long end;
  private long limit;
  private long bytesRead;
  private @Nullable Ahead ahead;

  /** Bytes behind {@link #end} on their way into a buffer, from {@link #ROOM_BYTES} on. */
  private record Ahead(Buffer buffer, int count, FutureTask<Long> nanos) {}

  /**
   * @param last nothing behind it is asked for
   */
  FileWindow(FileInput input, long last, MemoryScope scope) {
    this.input = input;
    this.last = last;
    this.limit = last;
    this.scope = scope;
  }

  /** What lies behind is read only when it is asked for. */
  void limit(long behind) {
    limit = behind;
  }

  long bytesRead() {
    return bytesRead;
  }

  /** The place behind the last byte that is here. */
  long end() {
    return end;
  }

  /**
   * The address of {@code bytes} bytes at {@code position}, which are in the file; valid until the
   * next call. {@link PageReader#PADDING} bytes behind them can be read too.
   */
  long load(long position, int bytes) {
    if (position < start || position + bytes > end) {
      if (!takeAhead(position, bytes)) {
        read(position, bytes);
      }
    }
    return address + (position - start);
  }

  private void read(long position, int bytes) {
    long until = Math.min(last, Math.max(limit, position + LEAST_BYTES));
    int wanted =
        (int) Math.max(bytes, Math.min(WINDOW_BYTES - PageReader.PADDING, until - position));
    Buffer room = buffer;
    if (room == null || room.capacity() < wanted + (long) PageReader.PADDING) {
      buffer = null;
      if (room != null) {
        room.close();
      }
      room = scope.allocate(wanted + (long) PageReader.PADDING);
      buffer = room;
    }
    start = position;
    end = position;
    address = room.address();
    long before = System.nanoTime();
    input.readFully(position, address, wanted);
    end = position + wanted;
    bytesRead += wanted;
    readAheadAfter(System.nanoTime() - before, wanted);
  }

  /** Begins to read what follows, if the last read was slow. */
  private void readAheadAfter(long nanos, int count) {
    int next = (int) Math.min(WINDOW_BYTES, limit - end);
    if (count < MEASURED_BYTES || nanos < count * SLOW_NANOS_PER_BYTE || next <= 0) {
      return;
    }
    Buffer room;
    try {
      room = scope.allocate(ROOM_BYTES + next + (long) PageReader.PADDING);
    } catch (TidemillException full) {
      return; // nothing fails for want of what is not needed yet
    }
    long from = end;
    FutureTask<Long> task =
        new FutureTask<>(
            () -> {
              long before = System.nanoTime();
              input.readFully(from, room.address() + ROOM_BYTES, next);
              return System.nanoTime() - before;
            });
    ahead = new Ahead(room, next, task);
    Thread.ofVirtual().name("tidemill-read-ahead").start(task);
  }

  /** Goes on with what was read ahead; false if nothing was, or it is not what is asked for. */
  private boolean takeAhead(long position, int bytes) {
    Ahead next = ahead;
    if (next == null) {
      return false;
    }
    ahead = null;
    long nanos = await(next);
    int tail = (int) Math.min(ROOM_BYTES + 1L, end - position);
    Buffer old = buffer;
    if (nanos < 0
        || old == null
        || position < start
        || tail < 0
        || tail > ROOM_BYTES
        || tail + next.count() < bytes) {
      next.buffer().close();
      return false;
    }
    long at = next.buffer().address() + ROOM_BYTES - tail;
    Memory.copy(address + (position - start), at, tail);
    old.close();
    buffer = next.buffer();
    address = at;
    start = position;
    end += next.count();
    bytesRead += next.count();
    readAheadAfter(nanos, next.count());
    return true;
  }

  /** The nanoseconds that the read took, once it has ended; -1 if it failed. */
  private static long await(Ahead ahead) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return ahead.nanos().get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          return -1; // whoever needs these bytes reads them again, and sees why
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    Ahead pending = ahead;
    if (pending != null) {
      ahead = null;
      await(pending);
      pending.buffer().close();
    }
    if (buffer != null) {
      buffer.close();
      buffer = null;
    }
  }
}
