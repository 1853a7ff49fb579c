package dev.tidemill.storage.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriteStore;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.statistics.geospatial.GeospatialStatistics;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupWriter;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Files of which parquet-java encodes the levels and pages; only how pages lie in the file is
 * written here, uncompressed, for parquet-java's own takes Hadoop.
 */
final class ParquetJavaWriter implements PageWriteStore {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final Map<List<String>, Chunk> chunks = new LinkedHashMap<>();

  /** The pages of a column. */
  private static final class Chunk implements PageWriter {
    private final PrimitiveType type;
    private final ByteArrayOutputStream dictionary = new ByteArrayOutputStream();
    private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
    private final Set<Encoding> encodings = new LinkedHashSet<>();
    private long values;

    Chunk(PrimitiveType type) {
      this.type = type;
    }

    private static Encoding encoding(org.apache.parquet.column.Encoding encoding) {
      return Encoding.valueOf(encoding.name());
    }

    private static void put(PageHeader header, ByteArrayOutputStream out, BytesInput... parts)
        throws IOException {
      Util.writePageHeader(header, out);
      for (BytesInput part : parts) {
        part.writeAllTo(out);
      }
    }

    private static PageHeader header(PageType type, long size) {
      return new PageHeader(type, Math.toIntExact(size), Math.toIntExact(size));
    }

    @Override
    public void writePage(
        BytesInput bytes,
        int valueCount,
        Statistics<?> statistics,
        org.apache.parquet.column.Encoding repetitions,
        org.apache.parquet.column.Encoding definitions,
        org.apache.parquet.column.Encoding encoding)
        throws IOException {
      PageHeader header = header(PageType.DATA_PAGE, bytes.size());
      header.setData_page_header(
          new DataPageHeader(
              valueCount, encoding(encoding), encoding(definitions), encoding(repetitions)));
      encodings.add(encoding(encoding));
      values += valueCount;
      put(header, pages, bytes);
    }

    @Override
    public void writePage(
        BytesInput bytes,
        int valueCount,
        int rowCount,
        Statistics<?> statistics,
        org.apache.parquet.column.Encoding repetitions,
        org.apache.parquet.column.Encoding definitions,
        org.apache.parquet.column.Encoding encoding)
        throws IOException {
      writePage(bytes, valueCount, statistics, repetitions, definitions, encoding);
    }

    @Override
    public void writePage(
        BytesInput bytes,
        int valueCount,
        int rowCount,
        Statistics<?> statistics,
        SizeStatistics sizes,
        GeospatialStatistics places,
        org.apache.parquet.column.Encoding repetitions,
        org.apache.parquet.column.Encoding definitions,
        org.apache.parquet.column.Encoding encoding)
        throws IOException {
      writePage(bytes, valueCount, statistics, repetitions, definitions, encoding);
    }

    @Override
    public void writePageV2(
        int rowCount,
        int nullCount,
        int valueCount,
        BytesInput repetitions,
        BytesInput definitions,
        org.apache.parquet.column.Encoding encoding,
        BytesInput data,
        Statistics<?> statistics,
        SizeStatistics sizes,
        GeospatialStatistics places)
        throws IOException {
      writePageV2(
          rowCount, nullCount, valueCount, repetitions, definitions, encoding, data, statistics);
    }

    @Override
    public void writePageV2(
        int rowCount,
        int nullCount,
        int valueCount,
        BytesInput repetitions,
        BytesInput definitions,
        org.apache.parquet.column.Encoding encoding,
        BytesInput data,
        Statistics<?> statistics)
        throws IOException {
      PageHeader header =
          header(PageType.DATA_PAGE_V2, repetitions.size() + definitions.size() + data.size());
      DataPageHeaderV2 own =
          new DataPageHeaderV2(
              valueCount,
              nullCount,
              rowCount,
              encoding(encoding),
              Math.toIntExact(definitions.size()),
              Math.toIntExact(repetitions.size()));
      own.setIs_compressed(false);
      header.setData_page_header_v2(own);
      encodings.add(encoding(encoding));
      values += valueCount;
      put(header, pages, repetitions, definitions, data);
    }

    @Override
    public void writeDictionaryPage(DictionaryPage page) throws IOException {
      PageHeader header = header(PageType.DICTIONARY_PAGE, page.getBytes().size());
      header.setDictionary_page_header(
          new DictionaryPageHeader(page.getDictionarySize(), encoding(page.getEncoding())));
      encodings.add(encoding(page.getEncoding()));
      put(header, dictionary, page.getBytes());
    }

    @Override
    public long getMemSize() {
      return pages.size();
    }

    @Override
    public long allocatedSize() {
      return pages.size();
    }

    @Override
    public String memUsageString(String prefix) {
      return prefix + getMemSize();
    }

    /** Appends the chunk to the file. */
    ColumnChunk store(List<String> path, ByteArrayOutputStream file) {
      long start = file.size();
      file.writeBytes(dictionary.toByteArray());
      long data = file.size();
      file.writeBytes(pages.toByteArray());
      long size = file.size() - start;
      ColumnMetaData metadata =
          new ColumnMetaData(
              physical(type),
              List.copyOf(encodings),
              path,
              CompressionCodec.UNCOMPRESSED,
              values,
              size,
              size,
              data);
      if (dictionary.size() > 0) {
        metadata.setDictionary_page_offset(start);
      }
      ColumnChunk chunk = new ColumnChunk(start);
      chunk.setMeta_data(metadata);
      return chunk;
    }
  }

  private static org.apache.parquet.format.Type physical(PrimitiveType type) {
    PrimitiveTypeName name = type.getPrimitiveTypeName();
    return name == PrimitiveTypeName.BINARY
        ? org.apache.parquet.format.Type.BYTE_ARRAY
        : org.apache.parquet.format.Type.valueOf(name.name());
  }

  @Override
  public PageWriter getPageWriter(ColumnDescriptor column) {
    return chunks.computeIfAbsent(
        List.of(column.getPath()), path -> new Chunk(column.getPrimitiveType()));
  }

  /** Writes rows, so many a row group. */
  static void write(
      Path path, MessageType message, ParquetProperties properties, List<Group> rows, int rowGroup)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(MAGIC);
    List<RowGroup> rowGroups = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += rowGroup) {
      List<Group> part = rows.subList(from, Math.min(rows.size(), from + rowGroup));
      ParquetJavaWriter pages = new ParquetJavaWriter();
      pages.encode(message, properties, part);
      List<ColumnChunk> chunks = new ArrayList<>();
      long start = file.size();
      pages.chunks.forEach((column, chunk) -> chunks.add(chunk.store(column, file)));
      rowGroups.add(new RowGroup(chunks, file.size() - start, part.size()));
    }
    List<SchemaElement> schema = new ArrayList<>();
    elements(message, schema);
    FileMetaData metadata = new FileMetaData(1, schema, rows.size(), rowGroups);
    int start = file.size();
    Util.writeFileMetaData(metadata, file);
    int length = file.size() - start;
    for (int i = 0; i < 4; i++) {
      file.write(length >> 8 * i);
    }
    file.writeBytes(MAGIC);
    Files.write(path, file.toByteArray());
  }

  private void encode(MessageType message, ParquetProperties properties, List<Group> rows) {
    MessageColumnIO columns = new ColumnIOFactory(true).getColumnIO(message);
    for (ColumnDescriptor column : message.getColumns()) {
      getPageWriter(column);
    }
    try (ColumnWriteStore store = properties.newColumnWriteStore(message, this)) {
      RecordConsumer consumer = columns.getRecordWriter(store);
      GroupWriter writer = new GroupWriter(consumer, message);
      rows.forEach(writer::write);
      consumer.flush();
      store.flush();
    }
  }

  private static void elements(Type type, List<SchemaElement> schema) {
    SchemaElement element = new SchemaElement(type.getName());
    schema.add(element);
    if (!(type instanceof MessageType)) {
      element.setRepetition_type(FieldRepetitionType.valueOf(type.getRepetition().name()));
    }
    @Nullable Enum<?> original = type.getOriginalType();
    if (original != null) {
      element.setConverted_type(ConvertedType.valueOf(original.name()));
    }
    if (type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal) {
      element.setPrecision(decimal.getPrecision());
      element.setScale(decimal.getScale());
    }
    if (type instanceof GroupType group) {
      element.setNum_children(group.getFieldCount());
      group.getFields().forEach(field -> elements(field, schema));
    } else {
      PrimitiveType primitive = type.asPrimitiveType();
      element.setType(physical(primitive));
      element.setType_length(primitive.getTypeLength());
    }
  }
}
