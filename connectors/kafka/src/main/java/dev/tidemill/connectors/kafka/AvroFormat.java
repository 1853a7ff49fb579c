package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.RecordFormat;
import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RowEncoder;
import dev.tidemill.storage.table.BatchReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * {@code 'format'='avro'}: a record's value is one datum in Avro's binary form, written in a schema
 * that the table gives.
 */
final class AvroFormat implements RecordFormat {
  static final String NAME = "avro";
  static final String SCHEMA = "avro_schema";

  private final Schema schema;

  /**
   * @param text the schema as JSON
   */
  AvroFormat(@Nullable String text) {
    if (text == null) {
      throw KafkaErrors.missingSchema();
    }
    try {
      this.schema = new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw KafkaErrors.badSchema(String.valueOf(e.getMessage()));
    }
    if (schema.getType() != Schema.Type.RECORD) {
      throw KafkaErrors.badSchema("it is of type " + schema.getType().getName());
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * Checks that columns fit the schema.
   *
   * @throws TidemillException KAFKA_DEFINITION
   */
  void check(org.apache.arrow.vector.types.pojo.Schema columns) {
    List<Schema.Field> fields = fields(columns);
    types(columns, fields);
    AvroType.requireDistinct(schema, fields, String.join(", ", ColumnNames.names(columns)));
  }

  private List<Schema.Field> fields(org.apache.arrow.vector.types.pojo.Schema columns) {
    List<Schema.Field> fields = new ArrayList<>();
    for (Field column : columns.getFields()) {
      fields.add(AvroType.field(schema, column.getName(), column.getName()));
    }
    return fields;
  }

  private static List<AvroType> types(
      org.apache.arrow.vector.types.pojo.Schema columns, List<Schema.Field> fields) {
    List<AvroType> types = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      Field column = columns.getFields().get(i);
      types.add(AvroType.of(ArrowTypes.type(column), fields.get(i).schema(), column.getName()));
    }
    return types;
  }

  @Override
  public BatchReader open(RecordSource records, FileScan scan, MemoryScope scope) {
    List<Schema.Field> fields = fields(scan.schema());
    return new AvroReader(schema, fields, types(scan.schema(), fields), records, scan, scope);
  }

  @Override
  public RowEncoder encoder(org.apache.arrow.vector.types.pojo.Schema columns) {
    List<Schema.Field> fields = fields(columns);
    List<AvroType> types = types(columns, fields);
    try {
      AvroType.record(schema, fields);
    } catch (IllegalArgumentException e) {
      throw KafkaErrors.badSchema(String.valueOf(e.getMessage()));
    }
    return new Encoder(columns, fields, types);
  }

  /** Makes data of rows. */
  private final class Encoder implements RowEncoder {
    private final org.apache.arrow.vector.types.pojo.Schema columns;
    private final List<Schema.Field> fields;
    private final List<AvroType> types;
    private final GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final BinaryEncoder binary = EncoderFactory.get().directBinaryEncoder(bytes, null);

    Encoder(
        org.apache.arrow.vector.types.pojo.Schema columns,
        List<Schema.Field> fields,
        List<AvroType> types) {
      this.columns = columns;
      this.fields = fields;
      this.types = types;
    }

    @Override
    public byte[] encode(Batch rows, int row) {
      GenericRecord record = AvroType.record(schema, fields);
      for (int i = 0; i < types.size(); i++) {
        try {
          record.put(fields.get(i).pos(), types.get(i).write(rows.column(i).value(row)));
        } catch (IllegalArgumentException | ArithmeticException e) {
          throw KafkaErrors.unsupportedValue(
              columns.getFields().get(i).getName(), String.valueOf(e.getMessage()));
        }
      }
      try {
        bytes.reset();
        writer.write(record, binary);
        binary.flush();
        return bytes.toByteArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
