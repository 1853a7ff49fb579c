package dev.tidemill.foundation.format;

import dev.tidemill.foundation.type.Type;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ARRAYs, MAPs and ROWs as the texts that CAST makes of them and reads, which are DuckDB's.
 *
 * <table>
 * <caption>Texts</caption>
 * <tr><th>type</th><th>written</th><th>read as well</th></tr>
 * <tr><td>ARRAY</td><td>{@code [1, NULL]}</td><td></td></tr>
 * <tr><td>MAP</td><td>{@code {k=1, l=NULL}}</td><td>{@code {"k": 1}}</td></tr>
 * <tr><td>ROW</td><td>{@code {'a': 1, 'b': x y}}</td><td>{@code {b: x, a: 1}}, where a field that is not named is NULL;
 *     {@code (1, x)}</td></tr>
 * </table>
 *
 * <p>What is inside stands in single quotes where it is empty, is the word NULL, begins or ends
 * with a space, or has one of {@code " ' ( ) , : = [ \ ] { }} in it; quotes and backslashes have a
 * backslash before them. Double quotes are read, too. What is written is read back the same.
 */
public final class NestedText {
  private static final String SPECIAL = "\"'(),:=[\\]{}";

  private final ValueParser parser;
  private String problem = "";

  /**
   * A reader of such texts. One thread.
   *
   * @param zone by whose clocks times without a zone are meant
   */
  public NestedText(ZoneId zone) {
    parser = ValueParser.ofCasts(zone);
  }

  /** The text of a value of a type that is nested. */
  public static String format(Type type, Object value, ZoneId zone) {
    StringBuilder text = new StringBuilder();
    append(type, value, zone, text);
    return text.toString();
  }

  private static void append(Type type, @Nullable Object value, ZoneId zone, StringBuilder text) {
    if (value == null) {
      text.append("NULL");
      return;
    }
    switch (type) {
      case Type.Array t -> {
        text.append('[');
        String separator = "";
        for (Object element : (List<?>) value) {
          append(t.element(), element, zone, text.append(separator));
          separator = ", ";
        }
        text.append(']');
      }
      case Type.MapType t -> {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          append(t.key(), entry.getKey(), zone, text.append(separator));
          append(t.value(), entry.getValue(), zone, text.append('='));
          separator = ", ";
        }
        text.append('}');
      }
      case Type.Row t -> {
        text.append('{');
        for (int i = 0; i < t.fields().size(); i++) {
          Type.RowField field = t.fields().get(i);
          quote(field.name(), text.append(i == 0 ? "" : ", "));
          append(field.type(), ((List<?>) value).get(i), zone, text.append(": "));
        }
        text.append('}');
      }
      default -> {
        String plain = ValueFormat.format(type, value, zone);
        if (needsQuotes(plain)) {
          quote(plain, text);
        } else {
          text.append(plain);
        }
      }
    }
  }

  private static boolean needsQuotes(String text) {
    return text.isEmpty()
        || Character.isWhitespace(text.charAt(0))
        || Character.isWhitespace(text.charAt(text.length() - 1))
        || text.equalsIgnoreCase("NULL")
        || text.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
  }

  private static void quote(String plain, StringBuilder text) {
    text.append('\'');
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (c == '\'' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    text.append('\'');
  }

  /** The value of a text, or null where there is a {@link #problem}. */
  public @Nullable Object parse(Type type, String text) {
    problem = "";
    Object value = value(type, text.strip());
    if (value == null && problem.isEmpty()) {
      problem = "NULL is no value here";
    }
    return problem.isEmpty() ? value : null;
  }

  /** What is wrong with the last text. */
  public String problem() {
    return problem;
  }

  private @Nullable Object fails(String text, Type type) {
    if (problem.isEmpty()) {
      String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
      problem = "'" + shown + "' is not " + type;
    }
    return null;
  }

  /** Of a text without spaces around it; null for NULL as well. */
  private @Nullable Object value(Type type, String text) {
    if (text.equalsIgnoreCase("NULL")) {
      return null;
    }
    return switch (type) {
      case Type.Array t -> array(t, text);
      case Type.MapType t -> map(t, text);
      case Type.Row t -> row(t, text);
      default -> {
        Object value = parser.parseObject(type, unquoted(text));
        yield value == null ? fails(text, type) : value;
      }
    };
  }

  private @Nullable Object array(Type.Array type, String text) {
    List<String> parts = parts(text, '[', ']');
    if (parts == null) {
      return fails(text, type);
    }
    List<@Nullable Object> values = new ArrayList<>();
    parts.forEach(part -> values.add(value(type.element(), part)));
    return values;
  }

  private @Nullable Object map(Type.MapType type, String text) {
    List<String> parts = parts(text, '{', '}');
    if (parts == null) {
      return fails(text, type);
    }
    Map<Object, @Nullable Object> values = new LinkedHashMap<>();
    for (String part : parts) {
      int equals = end(part, 0, "=");
      int end = equals < part.length() ? equals : end(part, 0, ":");
      Object key =
          end < 0 || end == part.length()
              ? null
              : value(type.key(), part.substring(0, end).strip());
      if (key == null || values.containsKey(key)) {
        return fails(text, type);
      }
      values.put(key, value(type.value(), part.substring(end + 1).strip()));
    }
    return values;
  }

  private @Nullable Object row(Type.Row type, String text) {
    List<Type.RowField> fields = type.fields();
    List<String> inOrder = parts(text, '(', ')');
    if (inOrder != null && inOrder.size() == fields.size()) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        values.add(value(fields.get(i).type(), inOrder.get(i)));
      }
      return values;
    }
    List<String> parts = parts(text, '{', '}');
    if (parts == null) {
      return fails(text, type);
    }
    Map<String, String> named = new LinkedHashMap<>();
    for (String part : parts) {
      int end = end(part, 0, ":");
      if (end < 0 || end == part.length()) {
        return fails(text, type);
      }
      String name = unquoted(part.substring(0, end).strip()).toLowerCase(Locale.ROOT);
      if (named.put(name, part.substring(end + 1).strip()) != null) {
        return fails(text, type);
      }
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (Type.RowField field : fields) {
      String part = named.remove(field.name().toLowerCase(Locale.ROOT));
      values.add(part == null ? null : value(field.type(), part));
    }
    return named.isEmpty() ? values : fails(text, type);
  }

  /** What stands between commas in brackets, or null where the text does not stand in them. */
  private static @Nullable List<String> parts(String text, char open, char close) {
    int last = text.length() - 1;
    if (last < 1 || text.charAt(0) != open || text.charAt(last) != close) {
      return null;
    }
    String inside = text.substring(1, last);
    List<String> parts = new ArrayList<>();
    if (inside.isBlank()) {
      return parts;
    }
    int from = 0;
    while (from <= inside.length()) {
      int end = end(inside, from, ",");
      if (end < 0) {
        return null;
      }
      parts.add(inside.substring(from, end).strip());
      from = end + 1;
    }
    return parts;
  }

  /**
   * Where a sign stands outside of quotes and brackets from {@code from} on, or the length; -1
   * where brackets do not pair.
   */
  private static int end(String text, int from, String sign) {
    int depth = 0;
    boolean begins = true;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (begins && (c == '\'' || c == '"')) {
        i = closing(text, i);
        if (i < 0) {
          return -1;
        }
        begins = false;
        continue;
      }
      if (depth == 0 && sign.indexOf(c) >= 0) {
        return i;
      }
      if (c == '[' || c == '{' || c == '(') {
        depth++;
      } else if (c == ']' || c == '}' || c == ')') {
        depth--;
        if (depth < 0) {
          return -1;
        }
      }
      begins = "[{(,:=".indexOf(c) >= 0 || begins && Character.isWhitespace(c);
    }
    return depth == 0 ? text.length() : -1;
  }

  /** Where the quote at {@code from} ends, or -1. */
  private static int closing(String text, int from) {
    for (int i = from + 1; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == text.charAt(from)) {
        return i;
      }
    }
    return -1;
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() > 1
            && (text.charAt(0) == '\'' || text.charAt(0) == '"')
            && closing(text, 0) == text.length() - 1;
    if (!quoted) {
      return text;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 1; i < text.length() - 1; i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() - 1) {
        i++;
      }
      plain.append(text.charAt(i));
    }
    return plain.toString();
  }
}
