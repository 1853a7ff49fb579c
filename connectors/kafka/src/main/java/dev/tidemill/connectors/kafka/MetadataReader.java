package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.storage.table.BatchReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Puts columns of what records have beside their values among those of the values. One thread. */
final class MetadataReader implements BatchReader {
  private final BatchReader values;
  private final TopicRecords records;

  /** Per column what it is, or null for the next one of the values. */
  private final List<@Nullable MetadataColumn> columns;

  private final List<ColumnBuilder> builders = new ArrayList<>();

  /**
   * Takes over {@code values}.
   *
   * @param records what the values are read from, which remembers records
   */
  MetadataReader(
      BatchReader values,
      TopicRecords records,
      List<@Nullable MetadataColumn> columns,
      TopicColumns all,
      MemoryScope scope) {
    this.values = values;
    this.records = records;
    this.columns = columns;
    for (MetadataColumn column : columns) {
      Integer place = column == null ? null : all.metadata().get(column);
      if (place != null) {
        builders.add(
            ColumnBuilder.of(ArrowTypes.type(all.schema().getFields().get(place)), scope, 1024));
      }
    }
  }

  @Override
  public @Nullable Batch next() {
    try (Batch batch = values.next()) {
      if (batch == null) {
        return null;
      }
      List<Column> found = new ArrayList<>();
      int value = 0;
      int builder = 0;
      for (MetadataColumn column : columns) {
        found.add(
            column == null
                ? batch.column(value++).retain()
                : build(batch, column, builders.get(builder++)));
      }
      records.forget();
      return batch.withColumns(found);
    }
  }

  private Column build(Batch batch, MetadataColumn column, ColumnBuilder builder) {
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      while (builder.length() < row) {
        builder.appendNull();
      }
      ConsumerRecord<byte[], byte[]> record = records.at(values.positionOf(row));
      column.append(record, builder);
    }
    while (builder.length() < batch.length()) {
      builder.appendNull();
    }
    return builder.build();
  }

  @Override
  public long positionOf(int row) {
    return values.positionOf(row);
  }

  @Override
  public long bytesRead() {
    return values.bytesRead();
  }

  @Override
  public void close() {
    values.close();
    builders.forEach(ColumnBuilder::close);
  }
}
