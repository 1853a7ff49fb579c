package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The functions of text and bytes. Positions and lengths count code points. */
final class TextFunctions {
  /** The longest text that a function makes. */
  private static final int MAX_BYTES = 64 << 20;

  private static final Pattern MARKS = Pattern.compile("\\p{M}+");

  /** A width or precision in a format that would make a text out of nothing. */
  private static final Pattern WIDE = Pattern.compile("%[^a-zA-Z%]*\\d{5}");

  private TextFunctions() {}

  /** A part of a value, in bytes: start in the high, end in the low half. */
  interface ToSlice {
    long apply(RowArguments arguments, long address, int bytes);
  }

  static long slice(int start, int end) {
    return (long) start << 32 | Math.max(start, end);
  }

  /** Parts of the first argument: views into its bytes, no copies. */
  static Kernel slices(Type type, ToSlice function) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      BytesColumn column = (BytesColumn) evaluation.fullColumn(values[0]);
      Buffer views = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 16L);
      List<Buffer> data = new ArrayList<>();
      for (int i = 0; i < column.dataCount(); i++) {
        data.add(evaluation.share(column.dataBuffer(i)));
      }
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        arguments.moveTo(row);
        if (arguments.anyNull()) {
          continue;
        }
        long address = column.addressAt(row);
        long slice = function.apply(arguments, address, column.lengthAt(row));
        int start = (int) (slice >>> 32);
        int length = (int) slice - start;
        long source = column.address() + ((long) row << 4);
        long target = views.address() + ((long) row << 4);
        if (length <= BytesColumn.INLINE) {
          BytesColumn.putView(target, address + start, length, 0, 0);
        } else {
          BytesColumn.putView(
              target,
              address + start,
              length,
              Memory.getInt(source + 8),
              Memory.getInt(source + 12) + start);
        }
      }
      return evaluation.done(
          new BytesColumn(type, evaluation.length, views, data, evaluation.validity(values)));
    };
  }

  /**
   * {@code SUBSTRING(text, start [, count])}: the part of the text that [start, start + count)
   * covers.
   */
  static long substring(RowArguments arguments, long address, int bytes) {
    long start = arguments.integer(1);
    long end = Long.MAX_VALUE;
    if (arguments.count() == 3) {
      long count = arguments.integer(2);
      if (count < 0) {
        throw ExpressionErrors.invalidArgument(ScalarFunction.SUBSTRING, "negative count " + count);
      }
      end = start + count;
    }
    if (arguments.type(0) instanceof Type.Varbinary) {
      int from = (int) Math.clamp(start - 1, 0, bytes);
      return slice(from, (int) Math.clamp(end - 1, from, bytes));
    }
    long skipped = Math.max(0, start - 1);
    int from = CodePoints.offset(address, bytes, skipped);
    long left = end - 1 - skipped;
    return slice(
        from,
        end == Long.MAX_VALUE
            ? bytes
            : from + CodePoints.offset(address + from, bytes - from, left));
  }

  static long left(RowArguments arguments, long address, int bytes) {
    long count = arguments.integer(1);
    return slice(
        0,
        count >= 0
            ? CodePoints.offset(address, bytes, count)
            : CodePoints.offsetFromEnd(address, bytes, -count));
  }

  static long right(RowArguments arguments, long address, int bytes) {
    long count = arguments.integer(1);
    return slice(
        count >= 0
            ? CodePoints.offsetFromEnd(address, bytes, count)
            : CodePoints.offset(address, bytes, -count),
        bytes);
  }

  /** Without the characters of the second argument at the chosen ends. */
  static ToSlice trim(boolean leading, boolean trailing) {
    return (arguments, address, bytes) -> {
      byte[] characters = arguments.bytes(1);
      int start = 0;
      int end = bytes;
      while (leading && start < end) {
        int size = Math.min(CodePoints.size(Memory.getByte(address + start)), end - start);
        if (!contains(characters, address + start, size)) {
          break;
        }
        start += size;
      }
      while (trailing && end > start) {
        int size = end - CodePoints.offsetFromEnd(address, end, 1);
        if (!contains(characters, address + end - size, size)) {
          break;
        }
        end -= size;
      }
      return slice(start, end);
    };
  }

  /** Whether one of the characters is the one of {@code size} bytes at {@code address}. */
  private static boolean contains(byte[] characters, long address, int size) {
    for (int at = 0; at < characters.length; at += CodePoints.size(characters[at])) {
      if (CodePoints.size(characters[at]) == size) {
        boolean same = true;
        for (int i = 0; i < size; i++) {
          same &= characters[at + i] == Memory.getByte(address + i);
        }
        if (same) {
          return true;
        }
      }
    }
    return false;
  }

  /** CHAR_LENGTH, or OCTET_LENGTH. */
  static Kernel length(boolean inBytes) {
    return (evaluation, rows, values) -> {
      BytesColumn column = (BytesColumn) evaluation.fullColumn(values[0]);
      Buffer lengths = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 4L);
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        if (!column.isNull(row)) {
          int bytes = column.lengthAt(row);
          int length = inBytes ? bytes : CodePoints.codePoints(column.addressAt(row), bytes);
          Memory.putInt(lengths.address() + ((long) row << 2), length);
        }
      }
      return evaluation.fixed(Type.INTEGER, 4, lengths, evaluation.validity(column));
    };
  }

  static int checkedLength(ScalarFunction function, long bytes) {
    if (bytes > MAX_BYTES) {
      throw ExpressionErrors.invalidArgument(
          function, "the result would have " + bytes + " bytes, more than " + MAX_BYTES);
    }
    return (int) bytes;
  }

  static @Nullable String concatWithSeparator(RowArguments arguments) {
    if (arguments.isNull(0)) {
      return null;
    }
    String separator = arguments.text(0);
    StringBuilder result = new StringBuilder();
    boolean first = true;
    for (int i = 1; i < arguments.count(); i++) {
      if (!arguments.isNull(i)) {
        result.append(first ? "" : separator).append(arguments.text(i));
        checkedLength(ScalarFunction.CONCAT_WS, result.length());
        first = false;
      }
    }
    return result.toString();
  }

  static String initcap(RowArguments arguments) {
    String text = arguments.text(0).toLowerCase(Locale.ROOT);
    StringBuilder result = new StringBuilder(text.length());
    boolean inWord = false;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      int point = text.codePointAt(at);
      result.appendCodePoint(inWord ? point : Character.toTitleCase(point));
      inWord = Character.isLetterOrDigit(point);
    }
    return result.toString();
  }

  /** {@code POSITION(needle, text [, start])}. */
  static long position(RowArguments arguments) {
    BytesColumn column = (BytesColumn) arguments.column(1);
    int row = arguments.row(1);
    long address = column.addressAt(row);
    int bytes = column.lengthAt(row);
    long start = arguments.count() == 3 ? arguments.integer(2) : 1;
    if (start < 1) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.POSITION, "start " + start + " is before 1");
    }
    byte[] needle = arguments.bytes(0);
    int from = CodePoints.offset(address, bytes, start - 1);
    if (start - 1 > CodePoints.codePoints(address, from)) {
      return 0;
    }
    int found = CodePoints.find(address, from, bytes, needle);
    return found < 0 ? 0 : CodePoints.codePoints(address, found) + 1;
  }

  static String replace(RowArguments arguments) {
    String text = arguments.text(0);
    String from = arguments.text(1);
    String to = arguments.text(2);
    if (from.isEmpty()) {
      return text;
    }
    if (to.length() > from.length()) {
      long matches = 0;
      for (int at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length())) {
        matches++;
      }
      checkedLength(
          ScalarFunction.REPLACE, text.length() + matches * (to.length() - from.length()));
    }
    return text.replace(from, to);
  }

  /**
   * {@code OVERLAY(text, replacement, start [, count])}: count is the replacement's length unless
   * given.
   */
  static String overlay(RowArguments arguments) {
    String text = arguments.text(0);
    String replacement = arguments.text(1);
    long start = arguments.integer(2);
    long count =
        arguments.count() == 4
            ? arguments.integer(3)
            : replacement.codePointCount(0, replacement.length());
    if (start < 1 || count < 0) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.OVERLAY,
          "start " + start + " must be 1 at least, count " + count + " not negative");
    }
    int points = text.codePointCount(0, text.length());
    int from = text.offsetByCodePoints(0, (int) Math.min(points, start - 1));
    int to = text.offsetByCodePoints(0, (int) Math.min(points, start - 1 + count));
    return text.substring(0, from) + replacement + text.substring(to);
  }

  static String pad(ScalarFunction function, RowArguments arguments) {
    String text = arguments.text(0);
    long length = arguments.integer(1);
    String fill = arguments.text(2);
    if (length < 0) {
      throw ExpressionErrors.invalidArgument(function, "negative length " + length);
    }
    int points = text.codePointCount(0, text.length());
    if (length <= points) {
      return text.substring(0, text.offsetByCodePoints(0, (int) length));
    }
    if (fill.isEmpty()) {
      return text;
    }
    long missing = length - points;
    checkedLength(function, length);
    int fillPoints = fill.codePointCount(0, fill.length());
    String whole = fill.repeat((int) (missing / fillPoints));
    String padding =
        whole + fill.substring(0, fill.offsetByCodePoints(0, (int) (missing % fillPoints)));
    return function == ScalarFunction.LPAD ? padding + text : text + padding;
  }

  static String repeat(RowArguments arguments) {
    String text = arguments.text(0);
    long count = Math.max(0, arguments.integer(1));
    checkedLength(ScalarFunction.REPEAT, text.length() * count);
    return text.repeat((int) count);
  }

  /**
   * {@code SPLIT_PART(text, delimiter, part)}: what stands between delimiters; empty if nothing.
   */
  static long splitPart(RowArguments arguments, long address, int bytes) {
    BytesColumn delimiters = (BytesColumn) arguments.column(1);
    int delimiterRow = arguments.row(1);
    long delimiter = delimiters.addressAt(delimiterRow);
    int size = delimiters.lengthAt(delimiterRow);
    long part = arguments.integer(2);
    if (part == 0) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.SPLIT_PART, "parts are counted from 1 or -1, not 0");
    }
    if (size == 0) {
      return part == 1 || part == -1 ? slice(0, bytes) : slice(0, 0);
    }
    if (part < 0) {
      long parts = 1;
      for (int at = find(address, 0, bytes, delimiter, size);
          at >= 0;
          at = find(address, at + size, bytes, delimiter, size)) {
        parts++;
      }
      part += parts + 1;
    }
    if (part <= 0) {
      return slice(0, 0);
    }
    int start = 0;
    while (true) {
      int end = find(address, start, bytes, delimiter, size);
      if (--part == 0) {
        return slice(start, end < 0 ? bytes : end);
      }
      if (end < 0) {
        return slice(0, 0);
      }
      start = end + size;
    }
  }

  /** Where bytes next stand in others, from a place on, or -1. */
  private static int find(long address, int from, int bytes, long sought, int size) {
    byte first = Memory.getByte(sought);
    int last = bytes - size;
    int at = from;
    while (true) {
      at = find(address, at, last + 1, first);
      if (at < 0 || size == 1 || Memory.equal(address + at, sought, size)) {
        return at;
      }
      at++;
    }
  }

  /** Where a byte next stands, between two places, or -1. */
  private static int find(long address, int from, int to, byte sought) {
    long pattern = (sought & 0xffL) * 0x0101010101010101L;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      long differing = Memory.getLong(address + at) ^ pattern;
      long found = differing - 0x0101010101010101L & ~differing & 0x8080808080808080L;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; at < to; at++) {
      if (Memory.getByte(address + at) == sought) {
        return at;
      }
    }
    return -1;
  }

  /** The characters from one place to another, both included; places below 0 count from the end. */
  static String slice(RowArguments arguments) {
    String text = arguments.text(0);
    int length = text.codePointCount(0, text.length());
    long from = Math.max(1, place(arguments.integer(1), length));
    long to = Math.min(length, place(arguments.integer(2), length));
    return from > to
        ? ""
        : text.substring(
            text.offsetByCodePoints(0, (int) from - 1), text.offsetByCodePoints(0, (int) to));
  }

  private static long place(long index, int length) {
    return index >= 0 ? index : Math.max(index, Integer.MIN_VALUE) + length + 1;
  }

  /** Characters of {@code from} become those of {@code to}; those without a partner go. */
  static String translate(RowArguments arguments) {
    int[] from = arguments.text(1).codePoints().toArray();
    int[] to = arguments.text(2).codePoints().toArray();
    StringBuilder result = new StringBuilder();
    arguments
        .text(0)
        .codePoints()
        .forEach(
            point -> {
              int index = 0;
              while (index < from.length && from[index] != point) {
                index++;
              }
              if (index == from.length) {
                result.appendCodePoint(point);
              } else if (index < to.length) {
                result.appendCodePoint(to[index]);
              }
            });
    return result.toString();
  }

  static long ascii(RowArguments arguments) {
    String text = arguments.text(0);
    return text.isEmpty() ? 0 : text.codePointAt(0);
  }

  static String chr(RowArguments arguments) {
    int point = arguments.intAt(0);
    if (!Character.isValidCodePoint(point)
        || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
      throw ExpressionErrors.invalidArgument(ScalarFunction.CHR, point + " is no code point");
    }
    return Character.toString(point);
  }

  /**
   * LIKE or ILIKE; a pattern (and escape) that is the same for all rows is compiled once per batch.
   */
  static Kernel like(ScalarFunction function) {
    return (evaluation, rows, values) -> {
      BytesColumn column = (BytesColumn) evaluation.fullColumn(values[0]);
      boolean ignoreCase = function == ScalarFunction.ILIKE;
      if (ignoreCase) {
        Vector lower =
            (Vector)
                TextKernels.changeCase(column.type(), false)
                    .apply(evaluation, rows, new Value[] {new Vector(column)});
        column = (BytesColumn) lower.column();
      }
      RowArguments arguments = new RowArguments(evaluation, values);
      Buffer bits = evaluation.allocateZeroed(Bits.bytes(evaluation.length));
      Buffer validity = evaluation.validity(values);
      boolean isConstant =
          values[1] instanceof Scalar && (values.length == 2 || values[2] instanceof Scalar);
      if (isConstant) {
        if (!rows.isEmpty()) {
          arguments.moveTo(rows.row(0));
          match(pattern(function, arguments), column, rows, bits.address());
        }
      } else {
        matchEach(function, arguments, column, rows, bits.address());
      }
      return evaluation.bool(bits, validity);
    };
  }

  private static LikePattern pattern(ScalarFunction function, RowArguments arguments) {
    Function<String, String> form =
        function == ScalarFunction.ILIKE
            ? text -> text.toLowerCase(Locale.ROOT)
            : Function.identity();
    return LikePattern.compile(
        function,
        form.apply(arguments.text(1)),
        arguments.count() == 3 ? form.apply(arguments.text(2)) : null);
  }

  private static void match(LikePattern pattern, BytesColumn column, Rows rows, long out) {
    boolean nullable = column.mayHaveNulls();
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if ((!nullable || !column.isNull(row))
          && pattern.matches(column.addressAt(row), column.lengthAt(row))) {
        Bits.set(out, row);
      }
    }
  }

  private static void matchEach(
      ScalarFunction function, RowArguments arguments, BytesColumn column, Rows rows, long out) {
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      arguments.moveTo(row);
      if (!arguments.anyNull()
          && pattern(function, arguments).matches(column.addressAt(row), column.lengthAt(row))) {
        Bits.set(out, row);
      }
    }
  }

  static boolean startsWith(RowArguments arguments) {
    byte[] prefix = arguments.bytes(1);
    BytesColumn column = (BytesColumn) arguments.column(0);
    int row = arguments.row(0);
    return column.lengthAt(row) >= prefix.length
        && CodePoints.standsAt(column.addressAt(row), prefix, 0);
  }

  static boolean endsWith(RowArguments arguments) {
    byte[] suffix = arguments.bytes(1);
    BytesColumn column = (BytesColumn) arguments.column(0);
    int row = arguments.row(0);
    int start = column.lengthAt(row) - suffix.length;
    return start >= 0 && CodePoints.standsAt(column.addressAt(row) + start, suffix, 0);
  }

  static boolean contains(RowArguments arguments) {
    BytesColumn column = (BytesColumn) arguments.column(0);
    int row = arguments.row(0);
    return CodePoints.find(column.addressAt(row), 0, column.lengthAt(row), arguments.bytes(1)) >= 0;
  }

  /** Hexadecimal digits of a digest that every JDK has. */
  static String digest(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code CRC32(bytes)} */
  static long crc32(RowArguments arguments) {
    CRC32 checksum = new CRC32();
    checksum.update(arguments.bytes(0));
    return checksum.getValue();
  }

  /** {@code RAISE_ERROR(text)} */
  static Kernel raise(Type type) {
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      return RowByRow.compute(
          evaluation,
          rows,
          type,
          values,
          row -> {
            arguments.moveTo(row);
            throw ExpressionErrors.raised(arguments.text(0));
          });
    };
  }

  static byte[] fromHex(RowArguments arguments) {
    String text = arguments.text(0);
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.FROM_HEX, ExpressionErrors.quoted(text) + " is not hexadecimal");
    }
  }

  static byte[] fromBase64(RowArguments arguments) {
    String text = arguments.text(0);
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.FROM_BASE64, ExpressionErrors.quoted(text) + " is not base64");
    }
  }

  /** {@code TO_BASE(number, radix)} */
  static String toBase(RowArguments arguments) {
    long number = arguments.integer(0);
    int radix = arguments.intAt(1);
    if (radix < Character.MIN_RADIX || radix > Character.MAX_RADIX) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.TO_BASE, "a base from 2 to 36 is wanted, not " + radix);
    }
    String digits = radix == 2 ? Long.toBinaryString(number) : Long.toString(number, radix);
    return digits.toUpperCase(Locale.ROOT);
  }

  /** {@code STRIP_ACCENTS(text)} */
  static String stripAccents(RowArguments arguments) {
    return MARKS
        .matcher(Normalizer.normalize(arguments.text(0), Normalizer.Form.NFD))
        .replaceAll("");
  }

  /** {@code PRINTF(format, value, …)}; dates and times are their text. */
  static @Nullable String printf(RowArguments arguments) {
    if (arguments.isNull(0)) {
      return null;
    }
    String format = arguments.text(0);
    Object[] values = new Object[arguments.count() - 1];
    for (int i = 0; i < values.length; i++) {
      Object value = arguments.column(i + 1).value(arguments.row(i + 1));
      boolean plain =
          value instanceof Number || value instanceof Boolean || value instanceof String;
      values[i] = value == null || plain ? value : ValueFormat.format(arguments.type(i + 1), value);
    }
    Matcher widths = WIDE.matcher(format);
    if (widths.find()) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.PRINTF, "a width above 9999 in " + ExpressionErrors.quoted(format));
    }
    try {
      return String.format(Locale.ROOT, format, values);
    } catch (IllegalFormatException e) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.PRINTF,
          ExpressionErrors.quoted(format) + " does not go with the values: " + e.getMessage());
    }
  }

  static String urlDecode(RowArguments arguments) {
    String text = arguments.text(0);
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.URL_DECODE, ExpressionErrors.quoted(text) + " is not encoded for a URL");
    }
  }
}
