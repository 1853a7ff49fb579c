package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.io.EOFException;
import java.io.IOException;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/** Iceberg's way to files, over ours. A file that is written is there once its stream is closed. */
final class LocalFiles implements FileIO {
  private static final long serialVersionUID = 1;

  private final transient FileSystem files;

  LocalFiles(FileSystem files) {
    this.files = files;
  }

  /**
   * The path of a location as metadata has it: a path, or a URI of a local file.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if it is elsewhere
   */
  static String path(String location) {
    if (location.startsWith("file:")) {
      String path = location.substring("file:".length());
      return path.startsWith("//") ? path.substring(path.indexOf('/', 2)) : path;
    }
    if (!location.startsWith("/")) {
      throw IcebergErrors.notLocal(location);
    }
    return location;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new Source(files, location, path(location));
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new Target(files, location, path(location));
  }

  @Override
  public void deleteFile(String location) {
    files.delete(path(location));
  }

  private record Source(FileSystem files, String location, String path) implements InputFile {
    @Override
    public long getLength() {
      FileStatus status = files.stat(path);
      if (status == null) {
        throw IcebergErrors.fileGone(path);
      }
      return status.size();
    }

    @Override
    public SeekableInputStream newStream() {
      return new Reading(files.open(path));
    }

    @Override
    public boolean exists() {
      return files.stat(path) != null;
    }
  }

  private record Target(FileSystem files, String location, String path) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      if (files.stat(path) != null) {
        throw new AlreadyExistsException("%s is there already", path);
      }
      return createOrOverwrite();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return new Writing(files.create(path));
    }

    @Override
    public InputFile toInputFile() {
      return new Source(files, location, path);
    }
  }

  private static final class Reading extends SeekableInputStream {
    private final FileInput input;
    private long position;

    Reading(FileInput input) {
      this.input = input;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void seek(long to) throws IOException {
      if (to < 0 || to > input.size()) {
        throw new EOFException(input.path() + " has no byte " + to);
      }
      position = to;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int count) {
      if (count == 0) {
        return 0;
      }
      int read = input.read(position, to, offset, count);
      position += Math.max(read, 0);
      return read <= 0 ? -1 : read;
    }

    @Override
    public void close() {
      input.close();
    }
  }

  private static final class Writing extends PositionOutputStream {
    private final FileOutput output;
    private boolean failed;
    private boolean closed;

    Writing(FileOutput output) {
      this.output = output;
    }

    @Override
    public long getPos() {
      return output.position();
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      try {
        output.write(bytes, offset, count);
      } catch (TidemillException e) {
        failed = true;
        throw e;
      }
    }

    /** What could not be written whole is not put in place. */
    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      try (output) {
        if (!failed) {
          output.commit();
        }
      }
    }
  }
}
