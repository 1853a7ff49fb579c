package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.FilesTable;
import dev.tidemill.storage.catalog.FilesInPlace;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * DuckDB's functions that read files as the tables of files that they are here: {@code
 * read_csv('a.csv', delim = ';')} is {@code FROM 'a.csv'} with the connector's option {@code
 * delimiter}.
 */
final class FileFunctions {
  /** The format of each, in upper case. */
  private static final Map<String, String> FORMATS =
      Map.of(
          "PARQUET_SCAN", "parquet",
          "READ_PARQUET", "parquet",
          "READ_CSV", "csv",
          "READ_CSV_AUTO", "csv",
          "READ_JSON", "json",
          "READ_JSON_AUTO", "json",
          "READ_NDJSON", "json",
          "READ_NDJSON_AUTO", "json");

  private static final String KNOWN =
      "columns, types, all_varchar, names, header, delim, quote, escape, nullstr, ignore_errors, hive_partitioning";

  private final String function;
  private final Function<SqlNode, Type> types;
  private final Map<String, String> options = new HashMap<>();
  private final Map<String, Type> changed = new LinkedHashMap<>();
  private List<ColumnDefinition> columns = List.of();
  private List<String> names = List.of();
  private boolean texts;

  private FileFunctions(String function, Function<SqlNode, Type> types) {
    this.function = function;
    this.types = types;
  }

  static boolean isOne(String function) {
    return FORMATS.containsKey(function.toUpperCase(Locale.ROOT));
  }

  /**
   * The table that a call is.
   *
   * @param types what the text of a type means
   */
  static FilesTable table(SqlCall call, Function<SqlNode, Type> types) {
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    return new FileFunctions(name, types).table(call);
  }

  private FilesTable table(SqlCall call) {
    SqlNode files = call.operandCount() == 0 ? call : call.operand(0);
    String path = path(files);
    if (path == null) {
      throw PlannerErrors.argumentsInvalid(
          "%s takes a path, as in %s('data/*.%s'), or an ARRAY of files in one directory"
              .formatted(function, function, format()),
          Positions.of(files.getParserPosition()));
    }
    options.put("format", format());
    SqlNode named = null;
    for (SqlNode operand : call.getOperandList().subList(1, call.operandCount())) {
      boolean arrow = operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT;
      if (!(arrow || operand.getKind() == SqlKind.EQUALS)
          || !(((SqlCall) operand).operand(arrow ? 1 : 0) instanceof SqlIdentifier option)) {
        throw PlannerErrors.argumentsInvalid(
            function + " takes options behind the path, as in header = true",
            Positions.of(operand.getParserPosition()));
      }
      String name = option.toString().toLowerCase(Locale.ROOT);
      if (name.equals("names") || name.equals("column_names")) {
        named = option;
      }
      read(name, ((SqlCall) operand).operand(arrow ? 0 : 1), option);
    }
    if (named != null && !"false".equals(options.get("header"))) {
      throw unsupported("names of files that have a header (SELECT a AS b gives others)", named);
    }
    String text = new FilesInPlace(options, columns, names, changed, texts).text();
    return new FilesTable(path, text, files.getParserPosition());
  }

  /** A path, or several as one pattern; null where it is neither. */
  private static @Nullable String path(SqlNode files) {
    if (files instanceof SqlCharStringLiteral path) {
      return path.toValue();
    }
    if (!(files instanceof SqlCall list)
        || list.getKind() != SqlKind.ARRAY_VALUE_CONSTRUCTOR
        || list.operandCount() == 0) {
      return null;
    }
    Set<String> names = new LinkedHashSet<>();
    String directory = null;
    for (SqlNode file : list.getOperandList()) {
      String path = file instanceof SqlCharStringLiteral text ? text.toValue() : "*";
      int end = path.lastIndexOf('/') + 1;
      if (path.chars().anyMatch(c -> "*?[]{},\\".indexOf(c) >= 0)
          || directory != null && !directory.equals(path.substring(0, end))) {
        return null;
      }
      directory = path.substring(0, end);
      names.add(path.substring(end));
    }
    return names.size() == 1
        ? directory + names.iterator().next()
        : directory + "{" + String.join(",", names) + "}";
  }

  private String format() {
    String format = FORMATS.get(function);
    return format == null ? "" : format;
  }

  private void read(String option, SqlNode value, SqlNode place) {
    boolean csv = format().equals("csv");
    if (!csv
        && List.of(
                "header",
                "delim",
                "sep",
                "delimiter",
                "quote",
                "escape",
                "nullstr",
                "names",
                "column_names",
                "all_varchar",
                "types",
                "dtypes",
                "column_types",
                "skip")
            .contains(option)) {
      throw unsupported("the option " + option + ", which is one of READ_CSV,", place);
    }
    switch (option) {
      case "header" -> options.put("header", String.valueOf(flag(option, value)));
      case "delim", "sep", "delimiter" -> options.put("delimiter", text(option, value));
      case "quote", "escape" -> options.put(option, text(option, value));
      case "nullstr" -> options.put("null_string", text(option, value));
      case "ignore_errors" -> options.put("on_error", flag(option, value) ? "skip" : "fail");
      case "hive_partitioning" ->
          options.put("hive_partitioning", String.valueOf(flag(option, value)));
      case "columns" -> {
        columns = new ArrayList<>();
        fields(option, value)
            .forEach((name, type) -> columns.add(new ColumnDefinition(name, type, true, null)));
      }
      case "types", "dtypes", "column_types" ->
          fields(option, value)
              .forEach((name, type) -> changed.put(name.toLowerCase(Locale.ROOT), type));
      case "names", "column_names" -> names = texts(option, value);
      case "all_varchar" -> texts = flag(option, value);
      case "skip" -> {
        if (!(value instanceof SqlLiteral number && "0".equals(number.toValue()))) {
          throw unsupported("the option skip, lines above the header,", place);
        }
      }
      // What is so here, and how much is looked at to infer columns.
      case "union_by_name",
          "auto_detect",
          "sample_size",
          "parallel",
          "compression",
          "format",
          "records",
          "maximum_object_size",
          "maximum_depth",
          "maximum_sample_files",
          "convert_strings_to_integers",
          "new_line",
          "max_line_size",
          "maximum_line_size",
          "buffer_size",
          "encoding" ->
          asHere(option, value, place);
      case "dateformat", "date_format", "timestampformat", "timestamp_format" ->
          throw unsupported(
              "the option " + option + " (types = {'d': 'VARCHAR'} and STRPTIME(d, '%d/%m/%Y') do)",
              place);
      default -> throw unsupported("the option " + option + " (there are " + KNOWN + ")", place);
    }
  }

  private void asHere(String option, SqlNode value, SqlNode place) {
    String said = value instanceof SqlLiteral literal ? literal.toValue() : null;
    boolean good =
        said != null
            && switch (option) {
              case "union_by_name", "auto_detect", "records", "parallel" ->
                  !option.equals("records") && !option.equals("union_by_name")
                      || !said.equalsIgnoreCase("false");
              case "compression" ->
                  List.of("auto", "auto_detect", "infer", "gzip", "zstd", "none", "uncompressed")
                      .contains(said.toLowerCase(Locale.ROOT));
              case "encoding" -> List.of("utf-8", "utf8").contains(said.toLowerCase(Locale.ROOT));
              default -> true;
            };
    if (!good) {
      throw unsupported("the option " + option + " = " + value, place);
    }
  }

  private boolean flag(String option, SqlNode value) {
    String said = value instanceof SqlLiteral literal ? String.valueOf(literal.toValue()) : "";
    return switch (said.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw wrong(option, "true or false", value);
    };
  }

  private String text(String option, SqlNode value) {
    if (value instanceof SqlCharStringLiteral text) {
      return text.toValue();
    }
    throw wrong(option, "a text", value);
  }

  private List<String> texts(String option, SqlNode value) {
    List<String> texts = new ArrayList<>();
    if (!(value instanceof SqlCall list) || list.getKind() != SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      throw wrong(option, "an ARRAY of texts, as ['a', 'b']", value);
    }
    list.getOperandList().forEach(element -> texts.add(text(option, element)));
    return texts;
  }

  /** Names and types, in order. */
  private Map<String, Type> fields(String option, SqlNode value) {
    Map<String, Type> fields = new LinkedHashMap<>();
    String expected = "names and types, as {'a': 'INTEGER'}";
    if (!(value instanceof SqlCall struct)
        || !struct.getOperator().getName().equals("NAMED_STRUCT")
        || struct.operandCount() == 0) {
      throw wrong(option, expected, value);
    }
    for (int i = 0; i + 1 < struct.operandCount(); i += 2) {
      String name = name(struct.operand(i));
      if (name == null || !(struct.operand(i + 1) instanceof SqlCharStringLiteral type)) {
        throw wrong(option, expected, value);
      }
      try {
        fields.put(name, types.apply(StatementParser.parseType(type.toValue()).node()));
      } catch (TidemillException failure) {
        throw PlannerErrors.argumentsInvalid(
            failure.text(), Positions.of(type.getParserPosition()));
      }
    }
    return fields;
  }

  private static @Nullable String name(SqlNode node) {
    return node instanceof SqlCharStringLiteral text ? text.toValue() : null;
  }

  private TidemillException wrong(String option, String expected, SqlNode value) {
    return PlannerErrors.argumentsInvalid(
        "the option " + option + " of " + function + " takes " + expected + " but found " + value,
        Positions.of(value.getParserPosition()));
  }

  private TidemillException unsupported(String what, SqlNode place) {
    return PlannerErrors.unsupported(
        what + " in " + function, Positions.of(place.getParserPosition()));
  }
}
