package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * How files are read that a query names. As text it is part of the name of their table, so that
 * whoever runs the plan reads them in the same way.
 *
 * @param options of the connector of files
 * @param columns that the files have, or none to infer them
 * @param names of inferred columns, in order, in place of their own
 * @param types of inferred columns by their names, in lower case, in place of their own
 * @param texts whether the types of inferred columns are VARCHAR where nothing else is said
 */
public record FilesInPlace(
    Map<String, String> options,
    List<ColumnDefinition> columns,
    List<String> names,
    Map<String, Type> types,
    boolean texts) {
  /** Files that say for themselves how they are read. */
  public static final FilesInPlace PLAIN =
      new FilesInPlace(Map.of(), List.of(), List.of(), Map.of(), false);

  /** What begins the names of metadata that say which options were worked out from the files. */
  private static final String WORKED_OUT = "tidemill:csv.";

  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  public FilesInPlace {
    options = Map.copyOf(options);
    columns = List.copyOf(columns);
    names = List.copyOf(names);
    types = Map.copyOf(types);
  }

  /** What {@link #text} was made of. */
  static FilesInPlace parse(String text) {
    try {
      return MAPPER.readValue(text, FilesInPlace.class);
    } catch (JsonProcessingException e) {
      throw CatalogErrors.damaged(text, e);
    }
  }

  /** The same text for the same way of reading. */
  public String text() {
    try {
      return MAPPER
          .writer()
          .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options that JSON cannot hold", e);
    }
  }

  /** Whether the columns that are inferred become others. */
  boolean changesColumns() {
    return columns.isEmpty() && (!names.isEmpty() || !types.isEmpty() || texts);
  }

  /**
   * The table.
   *
   * @param inferred its columns, or none where they are not known yet
   */
  TableDefinition definition(String path, Schema inferred) {
    Map<String, String> all = new HashMap<>();
    inferred
        .getCustomMetadata()
        .forEach(
            (key, value) -> {
              if (key.startsWith(WORKED_OUT)) {
                all.put(key.substring(WORKED_OUT.length()), value);
              }
            });
    all.putAll(options);
    all.put(TableDefinition.CONNECTOR, "files");
    all.put("path", path);
    return new TableDefinition(
        path,
        columns.isEmpty() ? changed(inferred.getFields()) : columns,
        null,
        List.of(),
        false,
        all,
        equals(PLAIN) ? "'" + path + "'" : "'" + path + "' " + text());
  }

  private List<ColumnDefinition> changed(List<Field> inferred) {
    if (!inferred.isEmpty() && names.size() > inferred.size()) {
      throw CatalogErrors.badOption(
          "names", String.join(", ", names), "at most " + inferred.size() + " names");
    }
    List<ColumnDefinition> changed = new ArrayList<>();
    List<String> known = new ArrayList<>();
    for (int i = 0; i < inferred.size(); i++) {
      Field field = inferred.get(i);
      String name = i < names.size() ? names.get(i) : field.getName();
      Type type = types.get(name.toLowerCase(Locale.ROOT));
      Type own = texts ? Type.VARCHAR : ArrowTypes.type(field);
      changed.add(new ColumnDefinition(name, type == null ? own : type, true, null));
      known.add(name.toLowerCase(Locale.ROOT));
    }
    for (String name : types.keySet()) {
      if (!inferred.isEmpty() && !known.contains(name)) {
        throw CatalogErrors.badOption(
            "types", name, "names of columns: " + String.join(", ", known));
      }
    }
    return changed;
  }
}
