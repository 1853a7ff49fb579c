package dev.tidemill.storage.files;

/**
 * Which line of a file a position is in, for messages: reads the file again up to there, each part
 * once. One thread.
 */
public final class LineCounter {
  private final DataFile file;
  private long position;
  private long line = 1;

  public LineCounter(DataFile file) {
    this.file = file;
  }

  /** The line, counted from 1, of {@code wanted}, which is not before the one asked for last. */
  public long lineAt(long wanted) {
    byte[] bytes = new byte[64 << 10];
    try (ByteSource source = new ByteSource(file, position)) {
      while (position < wanted) {
        int got = source.read(bytes, 0, (int) Math.min(bytes.length, wanted - position));
        if (got < 0) {
          break;
        }
        for (int i = 0; i < got; i++) {
          line += bytes[i] == '\n' ? 1 : 0;
        }
        position += got;
      }
    }
    return line;
  }
}
