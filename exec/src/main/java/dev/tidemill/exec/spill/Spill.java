package dev.tidemill.exec.spill;

import com.github.luben.zstd.Zstd;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The rows that one operator of one run has put on disk: blocks, each a batch compressed with zstd,
 * in one temporary file, which is made at the first block. Blocks are written once and read any
 * number of times. Any thread.
 *
 * <p>The file is deleted when it is closed, and has no name while it is open where the system can
 * do without: nothing is left of a process that was killed.
 */
public final class Spill implements AutoCloseable {
  /** As fast as the codec gets; blocks live for seconds. */
  private static final int LEVEL = -1;

  private final Path directory;
  private final String operator;
  private final MemoryScope memory;
  private final LongAdder spilledBytes;
  private final LongAdder spilledFiles;
  private final AtomicLong end = new AtomicLong();
  private @Nullable FileChannel file;
  private boolean closed;

  /**
   * @param operator names it in errors
   * @param memory charged with what is needed for the length of a call
   * @param spilledBytes told of all bytes written
   * @param spilledFiles told of each file made
   */
  public Spill(
      Path directory,
      String operator,
      MemoryScope memory,
      LongAdder spilledBytes,
      LongAdder spilledFiles) {
    this.directory = directory;
    this.operator = operator;
    this.memory = memory;
    this.spilledBytes = spilledBytes;
    this.spilledFiles = spilledFiles;
  }

  /** An empty one of the same operator, the caller's to close. */
  public Spill sibling() {
    return new Spill(directory, operator, memory, spilledBytes, spilledFiles);
  }

  /** Bytes written so far. */
  public long bytes() {
    return end.get();
  }

  /** Writes the rows that count; the batch is borrowed, and has no weights. */
  public SpilledBlock write(Batch batch) {
    if (batch.weights() != null) {
      throw ExecErrors.weightedInput(operator);
    }
    try (Batch plain = BlockFormat.plain(batch, memory)) {
      int plainBytes = Math.toIntExact(BlockFormat.size(plain, memory));
      long bound = Zstd.compressBound(plainBytes);
      try (Buffer from = memory.allocate(Math.max(1, plainBytes));
          Buffer to = memory.allocate(bound)) {
        BlockFormat.write(plain, from.address(), memory);
        int bytes =
            (int) Zstd.compressUnsafe(to.address(), bound, from.address(), plainBytes, LEVEL);
        if (Zstd.isError(bytes)) {
          throw new IllegalStateException("zstd: " + Zstd.getErrorName(bytes));
        }
        long position = end.getAndAdd(bytes);
        write(Memory.segment(to.address(), bytes).asByteBuffer(), position);
        spilledBytes.add(bytes);
        return new SpilledBlock(position, bytes, plainBytes, plain.length());
      }
    }
  }

  private void write(ByteBuffer bytes, long position) {
    FileChannel channel = file();
    int length = bytes.remaining();
    try {
      long at = position;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw SpillErrors.cannotWrite(directory, operator, position, length, free(), e);
    }
  }

  private long free() {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }

  private synchronized FileChannel file() {
    if (closed) {
      throw new IllegalStateException("the spill is closed");
    }
    if (file == null) {
      Path path = directory.resolve("tidemill-spill-" + UUID.randomUUID());
      try {
        file =
            FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        spilledFiles.increment();
      } catch (IOException e) {
        throw SpillErrors.cannotCreate(directory, operator, e);
      }
    }
    return file;
  }

  /**
   * Reads a block back, of columns of {@code types}; the caller's to close, charged to {@code
   * scope}.
   */
  public Batch read(SpilledBlock block, List<Type> types, MemoryScope scope) {
    try (Buffer plain = memory.allocate(Math.max(1, block.plainBytes()))) {
      try (Buffer from = memory.allocate(Math.max(1, block.bytes()))) {
        read(Memory.segment(from.address(), block.bytes()).asByteBuffer(), block.position());
        long bytes =
            Zstd.decompressUnsafe(
                plain.address(), block.plainBytes(), from.address(), block.bytes());
        if (bytes != block.plainBytes()) {
          throw SpillErrors.cannotRead(
              directory, operator, new IOException("a block has been damaged"));
        }
      }
      return BlockFormat.read(plain.address(), block.rows(), types, scope);
    }
  }

  private void read(ByteBuffer into, long position) {
    FileChannel channel = file();
    try {
      long at = position;
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new EOFException("the file ends early");
        }
        at += count;
      }
    } catch (IOException e) {
      throw SpillErrors.cannotRead(directory, operator, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw SpillErrors.cannotRead(directory, operator, e);
      } finally {
        file = null;
      }
    }
  }
}
