package dev.tidemill.foundation.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A temporary file as memory. It grows without being copied, and has another address then. */
final class MappedFile implements AutoCloseable {
  private static final int BLOCK = 1 << 20;

  private final Path directory;
  private final FileChannel channel;
  private Arena arena;
  private long address;
  private long bytes;

  /** Of zeros. */
  MappedFile(Path directory, long bytes) {
    this.directory = directory;
    this.arena = Arena.ofShared();
    Path path = directory.resolve(DiskMemory.PREFIX + UUID.randomUUID());
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      arena.close();
      throw MemoryErrors.cannotCreate(directory, e);
    }
    try {
      grow(bytes);
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  long address() {
    return address;
  }

  /** Makes it {@code longer} bytes, zeros behind those that are there; at first nothing happens. */
  void grow(long longer) {
    Arena next = Arena.ofShared();
    try {
      allocate(longer);
      address = channel.map(FileChannel.MapMode.READ_WRITE, 0, longer, next).address();
    } catch (IOException e) {
      next.close();
      throw MemoryErrors.cannotGrow(directory, longer - bytes, free(), shrunk(e));
    }
    arena.close();
    arena = next;
    bytes = longer;
  }

  /**
   * Writes the blocks that are new: where memory is mapped that has none, a full disk is a crash.
   */
  private void allocate(long longer) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(BLOCK, longer - bytes));
    long at = bytes;
    while (at < longer) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), longer - at));
      at += channel.write(zeros, at);
    }
  }

  /** Gives back what was allocated before {@code failure}. */
  private IOException shrunk(IOException failure) {
    try {
      channel.truncate(bytes);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private long free() {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public void close() {
    arena.close();
    try {
      channel.close();
    } catch (IOException e) {
      throw MemoryErrors.cannotDelete(directory, e);
    }
  }
}
