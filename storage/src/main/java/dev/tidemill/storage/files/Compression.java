package dev.tidemill.storage.files;

import com.github.luben.zstd.ZstdOutputStream;
import dev.tidemill.storage.file.FileOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** How a file of text is compressed as a whole, which the ending of its name tells. */
enum Compression {
  NONE(""),
  GZIP(".gz"),
  ZSTD(".zst");

  static final String OPTION = "compression";
  static final List<String> NAMES = List.of("none", "gzip", "zstd");
  private static final int BUFFER = 64 << 10;

  private final String ending;

  Compression(String ending) {
    this.ending = ending;
  }

  static Compression named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** What the name of a file says. */
  static Compression of(String path) {
    String name = PartNames.withoutPending(path.toLowerCase(Locale.ROOT));
    for (Compression compression : List.of(GZIP, ZSTD)) {
      if (name.endsWith(compression.ending)) {
        return compression;
      }
    }
    return NONE;
  }

  /** An extension with the ending behind it. */
  String extended(String extension) {
    return extension + ending;
  }

  /**
   * What compresses into {@code output}, which it takes over: its position counts what has been
   * compressed so far.
   */
  FileOutput compressing(FileOutput output) {
    return this == NONE ? output : new Compressed(output);
  }

  private OutputStream stream(OutputStream raw) throws IOException {
    return this == GZIP ? new GZIPOutputStream(raw, BUFFER) : new ZstdOutputStream(raw);
  }

  private final class Compressed implements FileOutput {
    private final FileOutput output;
    private final OutputStream stream;

    Compressed(FileOutput output) {
      this.output = output;
      try {
        this.stream = stream(new Raw(output));
      } catch (IOException e) {
        output.close();
        throw new UncheckedIOException(e);
      } catch (RuntimeException e) {
        output.close();
        throw e;
      }
    }

    /** The path without the ending: what is written here is that file. */
    @Override
    public String path() {
      String path = PartNames.withoutPending(output.path());
      return path.endsWith(ending) ? path.substring(0, path.length() - ending.length()) : path;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      try {
        stream.write(bytes, offset, count);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public long position() {
      return output.position();
    }

    @Override
    public void finish() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void commit() {
      finish();
      output.commit();
    }

    @Override
    public boolean commitNew() {
      finish();
      return output.commitNew();
    }

    @Override
    public void close() {
      try {
        // frees what the codec holds; what it still writes is forgotten
        stream.close();
      } catch (IOException | RuntimeException forgotten) {
        return;
      } finally {
        output.close();
      }
    }
  }

  /** Streams into a file, whose failures are its own. */
  private static final class Raw extends OutputStream {
    private final FileOutput output;

    Raw(FileOutput output) {
      this.output = output;
    }

    @Override
    public void write(int value) {
      output.write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      output.write(bytes, offset, count);
    }
  }
}
