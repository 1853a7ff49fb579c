package dev.tidemill.storage.json;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.files.TextOutput;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes an object a line ({@link JsonRowText}). */
final class JsonWriter implements FileWriter {
  private final TextOutput output;
  private final JsonRowText rowText;

  JsonWriter(FileOutput output, Schema schema) {
    this.output = new TextOutput(output);
    this.rowText = new JsonRowText(schema);
  }

  @Override
  public void write(Batch rows) {
    for (int i = 0; i < rows.rowCount(); i++) {
      StringBuilder text = output.text();
      rowText.append(rows, rows.row(i), text);
      text.append('\n');
      output.endRow();
    }
  }

  @Override
  public long bufferedBytes() {
    return output.buffered();
  }

  @Override
  public void finish() {
    output.flush();
  }

  @Override
  public void close() {}
}
