package dev.tidemill.storage.json;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FilesErrors;
import dev.tidemill.storage.files.InferredType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Works out columns from samples: the first 4 MiB of the first eight files that have lines. Columns
 * are the keys in the order they are met; those that differ in case only are one, since columns are
 * found in any case. Objects are ROWs, arrays ARRAYs; what is of different kinds is VARCHAR and
 * reads as its JSON text.
 */
final class JsonSchema {
  private static final int SAMPLED_FILES = 8;
  private static final long SAMPLED_BYTES = 4 << 20;

  private final JsonText json = new JsonText();
  private final Shape root = new Shape();
  private final Map<String, Column> distinct = new LinkedHashMap<>();
  private long line;

  /** Why an object cannot be a row, or null. */
  private @Nullable String ambiguous;

  /** A column: keys that differ in case only. */
  private static final class Column {
    final String name;

    /** Where it was met last, and as what. */
    long line;

    String key;

    Column(String name) {
      this.name = name;
      this.key = name;
    }
  }

  /** What was seen at one place: texts and numbers, objects, arrays; each of them or none. */
  private static final class Shape {
    final InferredType scalar = new InferredType();
    @Nullable Map<String, Shape> fields;
    @Nullable Shape element;

    /** Of a key of the outermost objects. */
    @Nullable Column column;

    /** Takes in what was seen at another place. */
    void with(Shape other) {
      if (other.scalar.isKnown()) {
        scalar.add(other.scalar.type());
      }
      Shape otherElement = other.element;
      if (otherElement != null) {
        Shape own = element == null ? new Shape() : element;
        own.with(otherElement);
        element = own;
      }
      Map<String, Shape> otherFields = other.fields;
      if (otherFields != null) {
        Map<String, Shape> own = fields == null ? new LinkedHashMap<>() : fields;
        otherFields.forEach((name, s) -> own.computeIfAbsent(name, n -> new Shape()).with(s));
        fields = own;
      }
    }

    Type type() {
      int kinds = (scalar.isKnown() ? 1 : 0) + (fields != null ? 1 : 0) + (element != null ? 1 : 0);
      if (kinds != 1) {
        return Type.VARCHAR;
      }
      if (element != null) {
        return new Type.Array(element.type());
      }
      if (fields == null) {
        return scalar.type();
      }
      if (fields.isEmpty()) {
        return Type.VARCHAR;
      }
      List<Type.RowField> row = new ArrayList<>();
      fields.forEach((name, shape) -> row.add(new Type.RowField(name, shape.type())));
      return new Type.Row(row);
    }
  }

  Schema infer(List<DataFile> files, boolean growing) {
    int sampled = 0;
    for (DataFile file : files) {
      if (sampled < SAMPLED_FILES && sample(file, growing)) {
        sampled++;
      }
    }
    Map<String, Shape> columns = root.fields;
    if (columns == null || columns.isEmpty()) {
      throw FilesErrors.cannotInfer(files.getFirst().path(), "it has no JSON object with keys");
    }
    List<Field> fields = new ArrayList<>();
    for (Column column : distinct.values()) {
      fields.add(ArrowTypes.field(column.name, merged(columns, column).type(), true));
    }
    return new Schema(fields);
  }

  private static Shape merged(Map<String, Shape> columns, Column column) {
    Shape merged = new Shape();
    columns.values().stream().filter(s -> s.column == column).forEach(merged::with);
    return merged;
  }

  private boolean sample(DataFile file, boolean growing) {
    try (JsonRecords lines = JsonRecords.open(file, 0, SAMPLED_BYTES, growing)) {
      boolean any = false;
      while (lines.next()) {
        json.of(lines.bytes(), lines.start() + lines.length());
        int at = json.skipSpace(lines.start());
        boolean good = json.byteAt(at) == '{' && json.skipValue(at) >= 0;
        if (!good && !any) {
          throw FilesErrors.malformedFile(
              file.path(),
              json.byteAt(at) == '['
                  ? "an array, where an object is expected"
                  : "its first value is not a JSON object"
                      + (json.problem().isEmpty() ? "" : ": " + json.problem()));
        }
        if (good) {
          line++;
          look(root, at);
          if (ambiguous != null) {
            throw FilesErrors.cannotInfer(file.path(), ambiguous);
          }
        }
        any = true;
      }
      return any;
    }
  }

  /** Looks at the well-formed value at {@code at}; gives where it ends. */
  private int look(Shape shape, int at) {
    int end = json.skipValue(at);
    switch (json.byteAt(at)) {
      case '{' -> lookAtObject(shape, at);
      case '[' -> lookAtArray(shape, at);
      case '"' -> shape.scalar.add(textType(shape, at, end));
      case 't', 'f' -> shape.scalar.add(Type.BOOLEAN);
      case 'n' -> {}
      default -> shape.scalar.add(numberType(shape, at, end));
    }
    return end;
  }

  private Type textType(Shape shape, int at, int end) {
    return json.hasEscapes(at, end) || end - at < 10
        ? Type.VARCHAR
        : shape.scalar.ofDateOrTime(json.bytes(), at + 1, end - at - 2);
  }

  private Type numberType(Shape shape, int at, int end) {
    Type type = shape.scalar.of(json.bytes(), at, end - at);
    return type.equals(Type.VARCHAR) ? Type.DOUBLE : type;
  }

  private void lookAtObject(Shape shape, int from) {
    Map<String, Shape> fields = shape.fields;
    if (fields == null) {
      fields = new LinkedHashMap<>();
      shape.fields = fields;
    }
    int at = json.skipSpace(from + 1);
    while (json.byteAt(at) != '}') {
      int keyEnd = json.skipString(at);
      String key = json.string(at, keyEnd);
      int value = json.skipSpace(json.expect(keyEnd, ':'));
      Shape field = fields.computeIfAbsent(key, k -> new Shape());
      if (shape == root) {
        note(field, key);
      }
      at = json.skipSpace(look(field, value));
      at = json.byteAt(at) == ',' ? json.skipSpace(at + 1) : at;
    }
  }

  private void note(Shape field, String key) {
    Column column = field.column;
    if (column == null) {
      column = distinct.computeIfAbsent(key.toLowerCase(Locale.ROOT), k -> new Column(key));
      field.column = column;
    }
    if (column.line == line && !column.key.equals(key)) {
      ambiguous = "one object has the keys %s and %s".formatted(column.key, key);
    }
    column.line = line;
    column.key = key;
  }

  private void lookAtArray(Shape shape, int from) {
    Shape element = shape.element;
    if (element == null) {
      element = new Shape();
      shape.element = element;
    }
    int at = json.skipSpace(from + 1);
    while (json.byteAt(at) != ']') {
      at = json.skipSpace(look(element, at));
      at = json.byteAt(at) == ',' ? json.skipSpace(at + 1) : at;
    }
  }
}
