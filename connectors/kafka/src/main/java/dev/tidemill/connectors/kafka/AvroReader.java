package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RowBuilders;
import dev.tidemill.storage.table.BatchReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads data of a schema into batches. Columns that are not asked for are looked at all the same,
 * so that every scan agrees on which records can be read. One thread.
 */
final class AvroReader implements BatchReader {
  private final GenericDatumReader<GenericRecord> data;
  private final List<Schema.Field> fields;
  private final List<AvroType> types;
  private final RecordSource records;
  private final FileScan scan;
  private final RowBuilders rows;

  /** Per column of the table the one of the batch, or -1. */
  private final int[] places;

  private @Nullable BinaryDecoder decoder;
  private @Nullable GenericRecord datum;
  private boolean ended;

  /**
   * Takes over {@code records}.
   *
   * @param fields per column of the table
   * @param types of these
   */
  AvroReader(
      Schema schema,
      List<Schema.Field> fields,
      List<AvroType> types,
      RecordSource records,
      FileScan scan,
      MemoryScope scope) {
    this.data = new GenericDatumReader<>(schema);
    this.fields = fields;
    this.types = types;
    this.records = records;
    this.scan = scan;
    this.places = new int[fields.size()];
    Arrays.fill(places, -1);
    int[] requested = ColumnNames.requested(scan);
    for (int i = 0; i < requested.length; i++) {
      places[requested[i]] = i;
    }
    this.rows =
        new RowBuilders(
            Arrays.stream(requested)
                .mapToObj(c -> ArrowTypes.type(scan.schema().getFields().get(c)))
                .toList(),
            scope);
  }

  @Override
  public @Nullable Batch next() {
    while (!ended) {
      while (!rows.isFull() && !ended) {
        if (records.next()) {
          readRow();
        } else {
          ended = true;
        }
      }
      Batch batch = rows.build();
      if (batch != null) {
        return batch;
      }
    }
    return null;
  }

  private void readRow() {
    GenericRecord record = decode();
    if (record == null) {
      return;
    }
    datum = record;
    for (int i = 0; i < places.length; i++) {
      String name = scan.schema().getFields().get(i).getName();
      Object value;
      try {
        value = types.get(i).read(record.get(fields.get(i).pos()));
      } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
        reject(name, String.valueOf(e.getMessage()));
        return;
      }
      if (value == null && !scan.schema().getFields().get(i).isNullable()) {
        reject(name, "NULL in a column that is NOT NULL");
        return;
      }
      if (places[i] >= 0) {
        rows.column(places[i]).appendValue(value);
      }
    }
    rows.endRow(records.position());
  }

  /** The datum, or null where the record was rejected. */
  private @Nullable GenericRecord decode() {
    String problem;
    try {
      BinaryDecoder open =
          DecoderFactory.get()
              .binaryDecoder(records.bytes(), records.start(), records.length(), decoder);
      decoder = open;
      GenericRecord record = data.read(datum, open);
      if (open.isEnd()) {
        return record;
      }
      problem = "bytes stand behind the datum: it was written in another schema";
    } catch (IOException | RuntimeException e) {
      // The decoder has no other way to say that bytes are not of the schema.
      datum = null;
      problem = "not a datum of the schema: " + e.getMessage();
    }
    reject("", problem);
    return null;
  }

  private void reject(String column, String problem) {
    scan.rejects().reject(records.rejected(records.position(), column, "", problem));
    rows.endBadRow();
  }

  @Override
  public long positionOf(int row) {
    return rows.positionOf(row);
  }

  @Override
  public long bytesRead() {
    return records.bytesRead();
  }

  @Override
  public void close() {
    records.close();
    rows.close();
    scan.rejects().flush();
  }
}
