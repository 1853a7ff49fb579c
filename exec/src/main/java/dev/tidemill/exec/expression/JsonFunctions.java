package dev.tidemill.exec.expression;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.function.ScalarFunction;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions of JSON as text. A path is followed in one pass over the text, which ends where the
 * value does; nothing is built of what lies beside the way.
 */
final class JsonFunctions {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_KNOWN = 256;

  /** Each element, and each member as what is called {@code *}. */
  private static final int ALL = -2;

  private JsonFunctions() {}

  /** What is made of the value that a path leads to; null for NULL. */
  interface Found {
    @Nullable String text(JsonParser at) throws IOException;
  }

  /**
   * A step of a path.
   *
   * @param name of a member, or null for an element
   * @param index of an element, from 0, or {@link #ALL}
   */
  record Step(@Nullable String name, int index) {}

  /** The paths of a batch; one instance serves one thread. */
  static final class Paths {
    private final ScalarFunction function;
    private final Map<String, List<Step>> known = new HashMap<>();

    Paths(ScalarFunction function) {
      this.function = function;
    }

    List<Step> of(String text) {
      List<Step> steps = known.get(text);
      if (steps == null) {
        if (known.size() >= MAX_KNOWN) {
          known.clear();
        }
        steps = parse(function, text);
        known.put(text, steps);
      }
      return steps;
    }
  }

  private static List<Step> parse(ScalarFunction function, String text) {
    String path = text.strip();
    if (path.startsWith("lax ") || path.startsWith("strict ")) {
      path = path.substring(path.indexOf(' ')).strip();
    }
    List<Step> steps = new ArrayList<>();
    if (!path.startsWith("$")) {
      steps.add(new Step(path, -1));
      return steps;
    }
    int at = 1;
    while (at < path.length()) {
      char c = path.charAt(at);
      if (c == '.' && at + 1 < path.length() && path.charAt(at + 1) == '"') {
        int end = path.indexOf('"', at + 2);
        at = step(function, text, path, at + 2, end, end + 1, steps);
      } else if (c == '.') {
        int end = at + 1;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
          end++;
        }
        at = step(function, text, path, at + 1, end, end, steps);
      } else if (c == '['
          && at + 1 < path.length()
          && (path.charAt(at + 1) == '\'' || path.charAt(at + 1) == '"')) {
        int end = path.indexOf(path.charAt(at + 1) + "]", at + 2);
        at = step(function, text, path, at + 2, end, end + 2, steps);
      } else if (c == '[') {
        int end = path.indexOf(']', at);
        String index = end < 0 ? "" : path.substring(at + 1, end).strip();
        if (index.equals("*") && function == ScalarFunction.JSON_EXTRACT_ALL) {
          steps.add(new Step(null, ALL));
          at = end + 1;
          continue;
        }
        if (index.isEmpty()
            || index.length() > 9
            || !index.chars().allMatch(d -> d >= '0' && d <= '9')) {
          throw noPath(function, text);
        }
        steps.add(new Step(null, Integer.parseInt(index)));
        at = end + 1;
      } else {
        throw noPath(function, text);
      }
    }
    return steps;
  }

  private static int step(
      ScalarFunction function,
      String text,
      String path,
      int start,
      int end,
      int next,
      List<Step> steps) {
    boolean isAll = end > start && path.substring(start, end).equals("*");
    if (end <= start || isAll && function != ScalarFunction.JSON_EXTRACT_ALL) {
      throw noPath(function, text);
    }
    steps.add(new Step(path.substring(start, end), isAll ? ALL : -1));
    return next;
  }

  private static RuntimeException noPath(ScalarFunction function, String text) {
    return ExpressionErrors.invalidPattern(
        function, text, "a path is $ and then .name, ['name'] or [0]");
  }

  /** Moves to the first token of the value at the end of the path; whether there is one. */
  static boolean follow(JsonParser parser, List<Step> steps) throws IOException {
    JsonToken token = parser.nextToken();
    for (Step step : steps) {
      String name = step.name();
      if (name == null ? token != JsonToken.START_ARRAY : token != JsonToken.START_OBJECT) {
        return false;
      }
      boolean found = false;
      int index = 0;
      token = parser.nextToken();
      while (!found && token != JsonToken.END_ARRAY && token != JsonToken.END_OBJECT) {
        if (name != null) {
          found = name.equals(parser.currentName());
          token = parser.nextToken();
        } else {
          found = index++ == step.index();
        }
        if (!found) {
          parser.skipChildren();
          token = parser.nextToken();
        }
      }
      if (!found) {
        return false;
      }
    }
    return token != null;
  }

  /** A function of (json, path). */
  static Kernel text(Call call, Found found) {
    return RegularExpressions.perBatch(
        () -> {
          Paths paths = new Paths(call.function());
          return RowKernels.text(
              call.type(),
              arguments -> {
                List<Step> steps = paths.of(arguments.text(1));
                try (JsonParser parser = JSON.createParser(arguments.text(0))) {
                  return follow(parser, steps) ? found.text(parser) : null;
                } catch (IOException e) {
                  return null;
                }
              });
        });
  }

  static @Nullable String value(JsonParser at) throws IOException {
    JsonToken token = at.currentToken();
    return token == null || token.isStructStart() || token == JsonToken.VALUE_NULL
        ? null
        : at.getText();
  }

  static @Nullable String query(JsonParser at) throws IOException {
    return at.currentToken().isStructStart() ? extract(at) : null;
  }

  static @Nullable String extract(JsonParser at) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(text)) {
      generator.copyCurrentStructureExact(at);
    }
    return text.toString();
  }

  static @Nullable String extractString(JsonParser at) throws IOException {
    return at.currentToken().isStructStart() ? extract(at) : value(at);
  }

  /** {@code JSON_EXTRACT_ALL(json, path, as text)} */
  static Kernel extractAll(Call call) {
    return RegularExpressions.perBatch(
        () -> {
          Paths paths = new Paths(call.function());
          return (evaluation, rows, values) -> {
            RowArguments arguments = new RowArguments(evaluation, values);
            return RowByRow.compute(
                evaluation,
                rows,
                call.type(),
                values,
                row -> {
                  arguments.moveTo(row);
                  List<Step> steps = paths.of(arguments.text(1));
                  if (!isValid(arguments.text(0))) {
                    return null;
                  }
                  List<@Nullable String> found = new ArrayList<>();
                  try (JsonParser parser = JSON.createParser(arguments.text(0))) {
                    parser.nextToken();
                    collect(parser, steps, arguments.truth(2), found);
                    return found;
                  } catch (IOException e) {
                    return null;
                  }
                });
          };
        });
  }

  /** Goes to the last token of the value at hand. */
  private static void collect(
      JsonParser parser, List<Step> steps, boolean asText, List<@Nullable String> found)
      throws IOException {
    if (steps.isEmpty()) {
      found.add(asText ? extractString(parser) : extract(parser));
      return;
    }
    Step step = steps.get(0);
    List<Step> rest = steps.subList(1, steps.size());
    String name = step.name();
    JsonToken token = parser.currentToken();
    if (name != null && token == JsonToken.START_OBJECT) {
      boolean isFound = false;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        boolean isMeant = step.index() == ALL || !isFound && name.equals(parser.currentName());
        parser.nextToken();
        if (isMeant) {
          isFound = true;
          collect(parser, rest, asText, found);
        } else {
          parser.skipChildren();
        }
      }
    } else if (name == null && token == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        if (step.index() == ALL || step.index() == i) {
          collect(parser, rest, asText, found);
        } else {
          parser.skipChildren();
        }
      }
    } else {
      parser.skipChildren();
    }
  }

  static Kernel exists(Call call) {
    return RegularExpressions.perBatch(
        () -> {
          Paths paths = new Paths(call.function());
          return (evaluation, rows, values) -> {
            RowArguments arguments = new RowArguments(evaluation, values);
            return RowByRow.compute(
                evaluation,
                rows,
                Type.BOOLEAN,
                values,
                row -> {
                  arguments.moveTo(row);
                  List<Step> steps = paths.of(arguments.text(1));
                  try (JsonParser parser = JSON.createParser(arguments.text(0))) {
                    return follow(parser, steps);
                  } catch (IOException e) {
                    return null;
                  }
                });
          };
        });
  }

  static boolean isValid(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  static @Nullable String type(String json) {
    if (!isValid(json)) {
      return null;
    }
    try (JsonParser parser = JSON.createParser(json)) {
      return typeOf(parser.nextToken());
    } catch (IOException e) {
      return null;
    }
  }

  /** Of a value that begins with the token. */
  static @Nullable String typeOf(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "OBJECT";
      case START_ARRAY -> "ARRAY";
      case VALUE_STRING -> "VARCHAR";
      case VALUE_NUMBER_INT -> "BIGINT";
      case VALUE_NUMBER_FLOAT -> "DOUBLE";
      case VALUE_TRUE, VALUE_FALSE -> "BOOLEAN";
      case VALUE_NULL -> "NULL";
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT -> null;
    };
  }

  static Kernel arrayLength() {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      return RowByRow.compute(
          evaluation,
          rows,
          Type.INTEGER,
          values,
          row -> {
            arguments.moveTo(row);
            return length(arguments.text(0));
          });
    };
  }

  private static @Nullable Integer length(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return null;
      }
      int length = 0;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        length++;
        parser.skipChildren();
      }
      return length;
    } catch (IOException e) {
      return null;
    }
  }

  /** {@code JSON_KEYS(json)} */
  static Kernel keys(Type type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      return RowByRow.compute(
          evaluation,
          rows,
          type,
          values,
          row -> {
            arguments.moveTo(row);
            return keys(arguments.text(0));
          });
    };
  }

  private static @Nullable List<String> keys(String json) {
    if (!isValid(json)) {
      return null;
    }
    List<String> keys = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          keys.add(parser.currentName());
          parser.nextToken();
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return null;
    }
    return keys;
  }

  /** {@code TO_JSON(value)}. */
  static String toJson(RowArguments arguments) {
    StringBuilder text = new StringBuilder();
    Object value = arguments.column(0).value(arguments.row(0));
    JsonValueFormat.append(arguments.type(0), value, text);
    return text.toString();
  }

  /** {@code JSON_OBJECT(name, json, …)}. */
  static String object(RowArguments arguments) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < arguments.count(); i += 2) {
      if (!arguments.isNull(i) && !arguments.isNull(i + 1)) {
        text.append(text.length() == 1 ? "" : ",");
        JsonValueFormat.append(Type.VARCHAR, arguments.text(i), text);
        text.append(':').append(arguments.text(i + 1));
      }
    }
    return text.append('}').toString();
  }

  /** {@code JSON_ARRAY(json, …)}. */
  static String array(RowArguments arguments) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < arguments.count(); i++) {
      if (!arguments.isNull(i)) {
        text.append(text.length() == 1 ? "" : ",").append(arguments.text(i));
      }
    }
    return text.append(']').toString();
  }
}
