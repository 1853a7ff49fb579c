package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileOutput;
import java.nio.charset.StandardCharsets;

/** UTF-8 text on its way into a file, in chunks of whole rows. One thread. */
public final class TextOutput {
  private static final int CHUNK_CHARS = 64 << 10;

  private final FileOutput output;
  private final StringBuilder text = new StringBuilder(CHUNK_CHARS + 1024);

  public TextOutput(FileOutput output) {
    this.output = output;
  }

  /** Where rows are appended. */
  public StringBuilder text() {
    return text;
  }

  public String path() {
    return output.path();
  }

  /** Characters that are not in the file yet. */
  public int buffered() {
    return text.length();
  }

  /** A row is complete. */
  public void endRow() {
    if (text.length() >= CHUNK_CHARS) {
      flush();
    }
  }

  public void flush() {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    output.write(bytes, 0, bytes.length);
    text.setLength(0);
  }
}
