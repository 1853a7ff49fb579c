package dev.tidemill.storage.csv;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FilesErrors;
import dev.tidemill.storage.files.InferredType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Works out columns from samples: the first 4 MiB of the first eight files that have rows.
 *
 * <p>The first record is the header if {@code 'header'} says so, or else if one of its fields does
 * not have the type of the fields below it, or if all columns are text and there is more than one
 * record. Columns without a header are {@code column0, column1, …}.
 */
final class CsvSchema {
  private static final int SAMPLED_FILES = 8;
  private static final long SAMPLED_BYTES = 4 << 20;

  private CsvOptions options;
  private final List<InferredType> types = new ArrayList<>();
  private final List<String> first = new ArrayList<>();
  private final List<@Nullable Type> firstTypes = new ArrayList<>();
  private long records;

  CsvSchema(CsvOptions options) {
    this.options = options;
  }

  Schema infer(List<DataFile> files) {
    int sampled = 0;
    Map<String, String> metadata = new HashMap<>();
    if (options.delimiter() == 0) {
      findDelimiter(files, metadata);
    }
    for (DataFile file : files) {
      if (sampled < SAMPLED_FILES && sample(file)) {
        sampled++;
      }
    }
    if (sampled == 0) {
      throw FilesErrors.cannotInfer(files.getFirst().path(), "it is empty");
    }
    Boolean declared = options.header();
    boolean header = declared != null ? declared : looksLikeHeader();
    List<Field> fields = new ArrayList<>();
    List<String> names = columnNames(first);
    for (int i = 0; i < types.size(); i++) {
      if (!header) {
        addFirst(i);
      }
      fields.add(ArrowTypes.field(header ? names.get(i) : "column" + i, types.get(i).type(), true));
    }
    metadata.put(CsvLayout.HEADER_KEY, Boolean.toString(header));
    return new Schema(fields, metadata);
  }

  /** Of the first file that has something in it, for all. */
  private void findDelimiter(List<DataFile> files, Map<String, String> metadata) {
    for (DataFile file : files) {
      if (file.size() > 0) {
        byte delimiter = CsvDelimiter.of(file, options);
        if (delimiter != options.delimiter(file.path())) {
          metadata.put(CsvOptions.DELIMITER_KEY, String.valueOf((char) delimiter));
          options = options.withDelimiter(delimiter);
        }
        return;
      }
    }
  }

  /**
   * The names of the columns under a header: {@code columnN} for one without a name, {@code x_1}
   * for a second x.
   */
  static List<String> columnNames(List<String> header) {
    List<String> names = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (String field : header) {
      String name = field.isBlank() ? "column" + names.size() : field.strip();
      String candidate = name;
      for (int i = 1; !taken.add(candidate.toLowerCase(Locale.ROOT)); i++) {
        candidate = name + "_" + i;
      }
      names.add(candidate);
    }
    return names;
  }

  /** Looks through a file's start; false if it has no record. */
  private boolean sample(DataFile file) {
    try (CsvScanner scanner = new CsvScanner(file, options, 0, SAMPLED_BYTES, true)) {
      boolean any = false;
      int[] fields = {};
      while (scanner.next()) {
        if (!scanner.problem().isEmpty()) {
          if (!any) {
            throw FilesErrors.cannotInfer(file.path(), "line 1: " + scanner.problem());
          }
          continue;
        }
        if (types.isEmpty()) {
          takeFirst(scanner);
          fields = identity();
        } else if (!any) {
          int[] header = headerFields(scanner);
          fields = header.length > 0 ? header : identity();
          if (header.length == 0) {
            add(scanner, fields);
          }
        } else {
          add(scanner, fields);
        }
        any = true;
      }
      return any;
    }
  }

  private void takeFirst(CsvScanner scanner) {
    InferredType one = new InferredType();
    for (int i = 0; i < scanner.fieldCount(); i++) {
      types.add(new InferredType());
      first.add(scanner.text(i));
      firstTypes.add(
          isNull(scanner, i) ? null : one.of(scanner.bytes(), scanner.offset(), scanner.length()));
    }
  }

  private int[] identity() {
    return IntStream.range(0, types.size()).toArray();
  }

  /**
   * Per column its field where a file's first record has the names of the first file's, in any
   * order; else nothing.
   */
  private int[] headerFields(CsvScanner scanner) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < scanner.fieldCount(); i++) {
      names.add(scanner.text(i));
    }
    List<String> unique = columnNames(names);
    int[] fields =
        columnNames(first).stream().mapToInt(name -> ColumnNames.indexOf(unique, name)).toArray();
    return IntStream.of(fields).anyMatch(f -> f < 0) ? new int[0] : fields;
  }

  private void add(CsvScanner scanner, int[] fields) {
    records++;
    for (int i = 0; i < types.size(); i++) {
      if (fields[i] < scanner.fieldCount() && !isNull(scanner, fields[i])) {
        types.get(i).add(scanner.bytes(), scanner.offset(), scanner.length());
      }
    }
  }

  private boolean isNull(CsvScanner scanner, int field) {
    scanner.select(field);
    return scanner.length() == 0
        || (!scanner.isQuoted(field) && scanner.text(field).equals(options.nullText()));
  }

  private void addFirst(int column) {
    Type type = firstTypes.get(column);
    if (type != null) {
      types.get(column).add(type);
    }
  }

  private boolean looksLikeHeader() {
    boolean allText = true;
    for (int i = 0; i < types.size(); i++) {
      Type type = firstTypes.get(i);
      InferredType below = types.get(i);
      if (type != null && !type.equals(Type.VARCHAR)) {
        return false;
      }
      allText &= below.type().equals(Type.VARCHAR);
    }
    return !allText || records > 0 || namesAreDistinct();
  }

  /** A file of one record of text: a header without rows rather than a row without a header. */
  private boolean namesAreDistinct() {
    return first.stream().noneMatch(String::isEmpty) && new HashSet<>(first).size() == first.size();
  }
}
