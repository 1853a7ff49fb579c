package dev.tidemill.storage.files;

import com.github.luben.zstd.ZstdInputStream;
import dev.tidemill.storage.file.FileInput;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * The bytes of a file one after the other, uncompressed where its name ends in {@code .gz} or
 * {@code .zst}. Positions count uncompressed bytes. One thread.
 */
public final class ByteSource implements AutoCloseable {
  private static final int CHUNK = 256 << 10;

  private final DataFile file;
  private final FileInput input;
  private final InputStream stream;
  private long read;

  /**
   * Opens a file at {@code position}; of a compressed one, everything before is decompressed too.
   */
  public ByteSource(DataFile file, long position) {
    this.file = file;
    this.input = file.open();
    InputStream raw = new Raw(isCompressed(file.path()) ? 0 : position);
    try {
      stream = decompressed(raw);
      if (isCompressed(file.path())) {
        stream.skipNBytes(position);
      }
    } catch (IOException e) {
      input.close();
      throw failure(e);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  /** Whether a name is one of a compressed file. */
  public static boolean isCompressed(String path) {
    return Compression.of(path) != Compression.NONE;
  }

  private InputStream decompressed(InputStream raw) throws IOException {
    if (file.size() == 0) {
      return raw;
    }
    return switch (Compression.of(file.path())) {
      case NONE -> raw;
      case GZIP -> new GZIPInputStream(raw, CHUNK);
      case ZSTD -> new ZstdInputStream(raw);
    };
  }

  /** Reads up to {@code count} bytes; how many, at least one, or -1 at the end. */
  public int read(byte[] to, int offset, int count) {
    try {
      return stream.read(to, offset, count);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private RuntimeException failure(IOException e) {
    return e instanceof EOFException
        ? FilesErrors.truncatedCompression(file.path())
        : FilesErrors.badCompression(file.path(), e);
  }

  /** Bytes read of the file itself. */
  public long bytesRead() {
    return read;
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      throw failure(e);
    } finally {
      input.close();
    }
  }

  /** The file's own bytes, up to the size it had when it was found. */
  private final class Raw extends InputStream {
    private long position;

    Raw(long position) {
      this.position = position;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int count) {
      int wanted = (int) Math.min(count, file.size() - position);
      if (wanted <= 0) {
        return count == 0 ? 0 : -1;
      }
      int got = input.read(position, to, offset, wanted);
      if (got < 0) {
        throw FilesErrors.shrunk(file.path(), file.size(), position);
      }
      position += got;
      read += got;
      return got;
    }
  }
}
