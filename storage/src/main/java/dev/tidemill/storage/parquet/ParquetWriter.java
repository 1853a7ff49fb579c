package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.files.FileWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;

/**
 * Writes one Parquet file. A row group is kept compressed in memory until it is full, then written
 * column by column. One thread.
 */
public final class ParquetWriter implements FileWriter {
  /** Key of a field's metadata whose value is the number that the file is to give it. */
  public static final String FIELD_ID = "PARQUET:field_id";

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final String CREATED_BY = "tidemill version 0.1.0";
  private static final int FORMAT_VERSION = 2;

  private final FileOutput output;
  private final ParquetWriteOptions options;
  private final PageCompressor compressor;
  private final List<SchemaElement> schema = new ArrayList<>();
  private final List<FieldWriter> fields = new ArrayList<>();

  /** Of the leaves. */
  private final List<Type> types = new ArrayList<>();

  /** Of all fields the leaves. */
  private final List<ChunkWriter> columns = new ArrayList<>();

  private final List<NestedWriter> nested = new ArrayList<>();
  private final List<RowGroup> rowGroups = new ArrayList<>();
  private final List<ChunkWriter.Written> written = new ArrayList<>();
  private int groupRows;
  private long rows;

  /**
   * Begins a file.
   *
   * @param output borrowed: the caller commits and closes it
   * @throws dev.tidemill.foundation.error.TidemillException if a column's type cannot be written
   */
  public ParquetWriter(
      FileOutput output, Schema columns, ParquetWriteOptions options, MemoryScope scope) {
    this.output = output;
    this.options = options;
    List<WrittenNode> described = new ArrayList<>();
    for (Field field : columns.getFields()) {
      described.add(WrittenNode.of(field.getName(), ArrowTypes.type(field), field.isNullable()));
    }
    this.compressor = new PageCompressor(options);
    SchemaElement root = new SchemaElement("schema");
    root.setNum_children(described.size());
    schema.add(root);
    try {
      for (WrittenNode node : described) {
        node.describe(schema);
        fields.add(field(node, columns.getFields().get(fields.size()).getName(), scope));
      }
      FieldNumbers.put(schema.subList(1, schema.size()), columns.getFields());
      output.write(MAGIC, 0, MAGIC.length);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private FieldWriter field(WrittenNode node, String name, MemoryScope scope) {
    ParquetPlace place = new ParquetPlace("the file being written", name, -1);
    List<WrittenColumn> leaves = new ArrayList<>();
    node.leaves(leaves);
    int first = columns.size();
    for (WrittenColumn leaf : leaves) {
      types.add(leaf.type());
      columns.add(ChunkWriter.of(leaf, place, options, compressor, scope));
    }
    if (node instanceof WrittenNode.Leaf) {
      return columns.get(first);
    }
    NestedWriter writer =
        new NestedWriter(node, columns.subList(first, columns.size()), place, scope);
    nested.add(writer);
    return writer;
  }

  @Override
  public void write(Batch batch) {
    int count = batch.rowCount();
    for (int from = 0; from < count; ) {
      int n = Math.min(count - from, options.rowGroupRows() - groupRows);
      for (int i = 0; i < fields.size(); i++) {
        fields.get(i).write(batch.column(i), batch.selection(), from, n);
      }
      groupRows += n;
      from += n;
      if (groupRows == options.rowGroupRows()) {
        endRowGroup();
      }
    }
  }

  private void endRowGroup() {
    if (groupRows == 0) {
      return;
    }
    long start = output.position();
    List<ColumnChunk> chunks = new ArrayList<>();
    long uncompressed = 0;
    for (ChunkWriter column : columns) {
      ChunkWriter.Written finished = column.finish(output);
      written.add(finished);
      ColumnChunk chunk = finished.chunk();
      uncompressed += chunk.getMeta_data().getTotal_uncompressed_size();
      chunks.add(chunk);
    }
    RowGroup group = new RowGroup(chunks, uncompressed, groupRows);
    group.setFile_offset(start);
    group.setTotal_compressed_size(output.position() - start);
    if (rowGroups.size() <= Short.MAX_VALUE) {
      group.setOrdinal((short) rowGroups.size());
    }
    rowGroups.add(group);
    rows += groupRows;
    groupRows = 0;
  }

  @Override
  public long bufferedBytes() {
    long bytes = 0;
    for (ChunkWriter column : columns) {
      bytes += column.bufferedBytes();
    }
    return bytes;
  }

  @Override
  public void finish() {
    endRowGroup();
    writePageIndex();
    FileMetaData metadata = new FileMetaData(FORMAT_VERSION, schema, rows, rowGroups);
    metadata.setCreated_by(CREATED_BY);
    metadata.setColumn_orders(
        Collections.nCopies(columns.size(), ColumnOrder.TYPE_ORDER(new TypeDefinedOrder())));
    KeyValue intervals = IntervalNotes.note(types);
    if (intervals != null) {
      metadata.setKey_value_metadata(List.of(intervals));
    }
    ByteArrayOutputStream footer = new ByteArrayOutputStream();
    try {
      Util.writeFileMetaData(metadata, footer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int length = footer.size();
    for (int i = 0; i < 4; i++) {
      footer.write(length >>> (8 * i));
    }
    footer.writeBytes(MAGIC);
    byte[] bytes = footer.toByteArray();
    output.write(bytes, 0, bytes.length);
  }

  /** The bounds of all pages, then their places, as readers expect them in front of the footer. */
  private void writePageIndex() {
    try {
      for (ChunkWriter.Written chunk : written) {
        if (chunk.bounds() != null) {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          Util.writeColumnIndex(chunk.bounds(), bytes);
          chunk.chunk().setColumn_index_offset(output.position());
          chunk.chunk().setColumn_index_length(bytes.size());
          output.write(bytes.toByteArray(), 0, bytes.size());
        }
      }
      for (ChunkWriter.Written chunk : written) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Util.writeOffsetIndex(chunk.places(), bytes);
        chunk.chunk().setOffset_index_offset(output.position());
        chunk.chunk().setOffset_index_length(bytes.size());
        output.write(bytes.toByteArray(), 0, bytes.size());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    fields.clear();
    nested.forEach(NestedWriter::close);
    nested.clear();
    columns.forEach(ChunkWriter::close);
    columns.clear();
    compressor.close();
  }
}
