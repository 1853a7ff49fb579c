package dev.tidemill.storage.csv;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.files.TextOutput;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes CSV with a header (unless {@code 'header'='false'}) and LF line ends. */
final class CsvWriter implements FileWriter {
  private final TextOutput output;
  private final CsvRowText rowText;

  CsvWriter(FileOutput output, Schema schema, CsvOptions options) {
    this.output = new TextOutput(output);
    this.rowText =
        new CsvRowText(schema, options, (char) options.delimiter(output.path()), output.path());
    if (!Boolean.FALSE.equals(options.header())) {
      rowText.appendHeader(schema, this.output.text());
      endRow();
    }
  }

  @Override
  public void write(Batch rows) {
    for (int i = 0; i < rows.rowCount(); i++) {
      rowText.append(rows, rows.row(i), output.text());
      endRow();
    }
  }

  private void endRow() {
    output.text().append('\n');
    output.endRow();
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
