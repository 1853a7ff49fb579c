package dev.tidemill.storage.files;

import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Columns whose values are in the names of the directories that a file lies in, as Hive names them:
 *
 * <pre>
 *   day=2026-01-01/country=de/part-0.parquet      day = '2026-01-01', country = 'de'
 *   day=__HIVE_DEFAULT_PARTITION__/part-0.json    day = NULL
 * </pre>
 *
 * Characters that a file system does not take are written {@code %3A}.
 *
 * @param names in the order of the directories, each once; of equal ones the last counts
 * @param texts their values, null for NULL
 */
record PathColumns(List<String> names, List<@Nullable String> texts) {
  private static final String NULL = "__HIVE_DEFAULT_PARTITION__";
  private static final String ESCAPED = "%/=\\:*?\"'<>|#&+;,{}[]^`~$!";
  private static final int MAX_DIRECTORY = 250;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  static final PathColumns NONE = new PathColumns(List.of(), List.of());

  /** Those of a file, of whose path only what is below the table's own directory counts. */
  static PathColumns of(String relativePath) {
    if (relativePath.indexOf('=') < 0) {
      return NONE;
    }
    List<String> names = new ArrayList<>();
    List<@Nullable String> texts = new ArrayList<>();
    int start = 0;
    for (int slash = relativePath.indexOf('/'); slash >= 0; ) {
      String directory = relativePath.substring(start, slash);
      if (isOne(directory)) {
        int equals = directory.indexOf('=');
        String name = decoded(directory.substring(0, equals));
        String text = directory.substring(equals + 1);
        int known = indexOf(names, name);
        if (known >= 0) {
          names.remove(known);
          texts.remove(known);
        }
        names.add(name);
        texts.add(text.equals(NULL) ? null : decoded(text));
      }
      start = slash + 1;
      slash = relativePath.indexOf('/', start);
    }
    return new PathColumns(names, texts);
  }

  /** Whether a directory's name gives a column a value. */
  static boolean isOne(String directory) {
    return directory.indexOf('=') > 0;
  }

  /**
   * The directory of a value, with a slash behind it.
   *
   * @param text null for NULL
   */
  static String directory(String name, @Nullable String text) {
    String value = NULL;
    if (text != null) {
      // a text that is the name of NULL is none
      value = text.equals(NULL) ? "%5F" + NULL.substring(1) : encoded(text);
    }
    String directory = encoded(name) + "=" + value;
    if (directory.length() > MAX_DIRECTORY) {
      throw FilesErrors.longPartition(name, directory.length(), MAX_DIRECTORY);
    }
    return directory + "/";
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c > ' ' && c < 0x7f && ESCAPED.indexOf(c) < 0;
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  boolean has(String column) {
    return indexOf(names, column) >= 0;
  }

  private static int indexOf(List<String> names, String wanted) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(wanted)) {
        return i;
      }
    }
    return -1;
  }

  /** The columns of a table that stand in the file itself. */
  Schema withoutThese(Schema schema) {
    return isEmpty()
        ? schema
        : new Schema(
            schema.getFields().stream().filter(f -> !has(f.getName())).toList(),
            schema.getCustomMetadata());
  }

  /**
   * The value of one of these columns.
   *
   * @param file for the message
   * @throws dev.tidemill.foundation.error.TidemillException if the text is no value of the column's
   *     type, or NULL where that is not allowed
   */
  @Nullable Object value(Field column, String file) {
    String text = texts.get(indexOf(names, column.getName()));
    if (text == null) {
      if (!column.isNullable()) {
        throw FilesErrors.nullInPath(file, column.getName());
      }
      return null;
    }
    Type type = ArrowTypes.type(column);
    ValueParser parser = new ValueParser();
    Object value = parser.parseObject(type, text);
    if (value == null) {
      throw FilesErrors.malformedInPath(file, column.getName(), parser.problem());
    }
    return value;
  }

  /** Columns for these values, as narrow as they all allow. */
  static List<Field> infer(List<DataFile> files, List<PathColumns> columns) {
    PathColumns first = columns.getFirst();
    List<Field> fields = new ArrayList<>();
    for (String name : first.names) {
      InferredType type = new InferredType();
      for (int i = 0; i < columns.size(); i++) {
        PathColumns other = columns.get(i);
        if (!other.has(name) || other.names.size() != first.names.size()) {
          throw FilesErrors.differentPathColumns(
              files.getFirst().path(), first.names, files.get(i).path(), other.names);
        }
        String text = other.texts.get(indexOf(other.names, name));
        if (text != null) {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          type.add(bytes, 0, bytes.length);
        }
      }
      fields.add(ArrowTypes.field(name, type.type(), true));
    }
    return fields;
  }
}
