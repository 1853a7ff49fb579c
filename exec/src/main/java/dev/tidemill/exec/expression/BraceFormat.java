package dev.tidemill.exec.expression;

import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code FORMAT(format, value, …)}: {@code {}} stands for the next value, {@code {0}} for the one
 * of a number, {@code {:>8.2f}} for one with a fill, an alignment, a sign, a width, separators, a
 * precision and a kind, as fmt and Python have them.
 */
final class BraceFormat {
  private static final Pattern SPECIFICATION =
      Pattern.compile(
          "(?:(.)?([<>^]))?([+\\- ])?(#)?(0)?(\\d{1,4})?([,_'])?(?:\\.(\\d{1,4}))?([a-zA-Z])?",
          Pattern.DOTALL);

  private final RowArguments arguments;
  private final String format;
  private final StringBuilder text = new StringBuilder();
  private int next;

  private BraceFormat(RowArguments arguments) {
    this.arguments = arguments;
    this.format = arguments.text(0);
  }

  static String format(RowArguments arguments) {
    return new BraceFormat(arguments).text();
  }

  private String text() {
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at);
      boolean isDoubled = at + 1 < format.length() && format.charAt(at + 1) == c;
      if ((c == '{' || c == '}') && isDoubled) {
        text.append(c);
        at += 2;
      } else if (c == '{') {
        int end = format.indexOf('}', at);
        if (end < 0) {
          throw invalid("{ without } in " + ExpressionErrors.quoted(format));
        }
        field(format.substring(at + 1, end));
        at = end + 1;
      } else if (c == '}') {
        throw invalid("} without { in " + ExpressionErrors.quoted(format));
      } else {
        text.append(c);
        at++;
      }
    }
    return text.toString();
  }

  private static RuntimeException invalid(String what) {
    return ExpressionErrors.invalidArgument(ScalarFunction.FORMAT, what);
  }

  private void field(String field) {
    int colon = field.indexOf(':');
    String number = colon < 0 ? field : field.substring(0, colon);
    if (!number.matches("\\d{0,4}")) {
      throw invalid("{" + field + "} is no place for a value");
    }
    int index = number.isEmpty() ? next++ : Integer.parseInt(number);
    if (index + 1 >= arguments.count()) {
      throw invalid(
          "{" + field + "} asks for value " + index + ", but there are " + (arguments.count() - 1));
    }
    Matcher specification = SPECIFICATION.matcher(colon < 0 ? "" : field.substring(colon + 1));
    if (!specification.matches()) {
      throw invalid("{" + field + "} is no place for a value");
    }
    append(field, specification, index + 1);
  }

  private void append(String field, Matcher specification, int argument) {
    Object value = arguments.column(argument).value(arguments.row(argument));
    String kind = specification.group(9) == null ? "" : specification.group(9);
    String precision = specification.group(8);
    boolean isNumber = value instanceof Number;
    String plain =
        switch (value) {
          case null -> throw new IllegalStateException("a NULL");
          case BigDecimal decimal when specification.group(8) != null || !kind.isEmpty() ->
              real(field, decimal, kind, precision, specification);
          case Double number when precision != null || !kind.isEmpty() ->
              real(field, number, kind, precision, specification);
          case Float number when precision != null || !kind.isEmpty() ->
              real(field, number, kind, precision, specification);
          case BigDecimal decimal -> decimal.toPlainString();
          case Double number -> ValueFormat.format(arguments.type(argument), number);
          case Float number -> ValueFormat.format(arguments.type(argument), number);
          case Number number -> integer(field, number.longValue(), kind, precision, specification);
          default -> string(field, argument, value, kind, precision);
        };
    if (isNumber) {
      plain = signed(grouped(plain, specification.group(7)), specification.group(3));
    }
    pad(plain, specification, isNumber);
  }

  private String string(
      String field, int argument, Object value, String kind, @Nullable String precision) {
    if (!kind.isEmpty() && !kind.equals("s")) {
      throw invalid("{" + field + "} is for a number, not " + arguments.type(argument));
    }
    String all =
        value instanceof String s ? s : ValueFormat.format(arguments.type(argument), value);
    int most = precision == null ? Integer.MAX_VALUE : Integer.parseInt(precision);
    return all.codePointCount(0, all.length()) <= most
        ? all
        : all.substring(0, all.offsetByCodePoints(0, most));
  }

  private static String integer(
      String field, long value, String kind, @Nullable String precision, Matcher specification) {
    boolean prefixed = specification.group(4) != null;
    if (precision != null && "dxXobB".contains(kind)) {
      throw invalid("{" + field + "} gives digits behind the point to an integer");
    }
    return switch (kind) {
      case "", "d", "n" -> Long.toString(value);
      case "x" -> based(value, 16, prefixed ? "0x" : "");
      case "X" -> based(value, 16, prefixed ? "0X" : "").toUpperCase(Locale.ROOT);
      case "o" -> based(value, 8, prefixed ? "0" : "");
      case "b", "B" -> based(value, 2, prefixed ? "0" + kind : "");
      default -> real(field, value, kind, precision, specification);
    };
  }

  private static String based(long value, int radix, String prefix) {
    String digits = BigInteger.valueOf(value).abs().toString(radix);
    return (value < 0 ? "-" : "") + prefix + digits;
  }

  private static String real(
      String field, Number value, String kind, @Nullable String precision, Matcher specification) {
    int digits = precision == null ? 6 : Integer.parseInt(precision);
    double real = value.doubleValue();
    if (Double.isNaN(real) || Double.isInfinite(real)) {
      return Double.isNaN(real) ? "nan" : real < 0 ? "-inf" : "inf";
    }
    return switch (kind) {
      case "f", "F" -> fixed(value, digits);
      case "%" -> fixed(real * 100, digits) + "%";
      case "e" -> String.format(Locale.ROOT, "%." + digits + "e", real);
      case "E" -> String.format(Locale.ROOT, "%." + digits + "E", real);
      case "", "g", "G" -> {
        String shortest = general(real, Math.max(1, digits));
        yield kind.equals("G") ? shortest.toUpperCase(Locale.ROOT) : shortest;
      }
      default -> throw invalid("{" + field + "} has no kind that numbers are written in");
    };
  }

  /** The exact value, half to even, as C's printf. */
  private static String fixed(Number value, int digits) {
    BigDecimal exact =
        value instanceof BigDecimal decimal
            ? decimal
            : value instanceof Long integer
                ? BigDecimal.valueOf(integer)
                : new BigDecimal(value.doubleValue());
    String text = exact.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    boolean isNegative = value.doubleValue() < 0 || 1 / value.doubleValue() < 0;
    return isNegative && !text.startsWith("-") ? "-" + text : text;
  }

  /** So many digits that count, without zeros at the end. */
  private static String general(double value, int digits) {
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal rounded =
        new BigDecimal(value).round(new java.math.MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent < -4 || exponent >= digits) {
      String mantissa = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
      return mantissa
          + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    return rounded.stripTrailingZeros().toPlainString();
  }

  /** With a separator between each three digits before the point. */
  private static String grouped(String number, @Nullable String separator) {
    if (separator == null) {
      return number;
    }
    int start = number.startsWith("-") ? 1 : 0;
    int end = start;
    while (end < number.length() && Character.isDigit(number.charAt(end))) {
      end++;
    }
    StringBuilder grouped = new StringBuilder(number);
    for (int at = end - 3; at > start; at -= 3) {
      grouped.insert(at, separator);
    }
    return grouped.toString();
  }

  private static String signed(String number, @Nullable String sign) {
    return sign == null || sign.equals("-") || number.startsWith("-") ? number : sign + number;
  }

  private void pad(String value, Matcher specification, boolean isNumber) {
    int width = specification.group(6) == null ? 0 : Integer.parseInt(specification.group(6));
    int missing = width - value.codePointCount(0, value.length());
    if (missing <= 0) {
      text.append(value);
      return;
    }
    String align = specification.group(2);
    if (align == null && isNumber && specification.group(5) != null) {
      int digits = value.matches("[+\\- ].*") ? 1 : 0;
      text.append(value, 0, digits).repeat("0", missing).append(value, digits, value.length());
      return;
    }
    String fill = specification.group(1) == null ? " " : specification.group(1);
    String side = align != null ? align : isNumber ? ">" : "<";
    int before = side.equals("<") ? 0 : side.equals(">") ? missing : missing / 2;
    text.repeat(fill, before).append(value).repeat(fill, missing - before);
  }
}
