package dev.tidemill.exec.expression;

import dev.tidemill.exec.automaton.Automaton;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * SIMILAR TO and the REGEXP functions, by java.util.regex. Whether there is a match is asked of an
 * {@link Automaton} where the pattern has one. Patterns are compiled once and kept from batch to
 * batch.
 */
final class RegularExpressions {
  private static final int MAX_KNOWN = 256;
  private static final int MAX_AUTOMATA = 16;

  /** From so many texts on an automaton is worth making. */
  private static final int ASKED_OFTEN = 16;

  private static final int MAX_KEPT_CHARACTERS = 1 << 16;
  private static final String LITERAL_IN_JAVA = ".^$\\&~#";

  private RegularExpressions() {}

  /** What a function does with a text, in a matcher of its pattern. */
  interface ToText {
    @Nullable String apply(RowArguments arguments, Matcher matcher);
  }

  interface ToTruth {
    boolean apply(RowArguments arguments, Matcher matcher);
  }

  interface ToLong {
    long apply(RowArguments arguments, Matcher matcher);
  }

  /** What is made of a pattern; for one thread. */
  private static final class Compiled {
    private final Matcher matcher;

    /** Stands in each text with a match. */
    private final RequiredTexts required;

    /** Tells whether there is a match; null where only the matcher does, or not asked often yet. */
    private @Nullable Automaton automaton;

    private int asked;

    Compiled(Matcher matcher, RequiredTexts required) {
      this.matcher = matcher;
      this.required = required;
    }
  }

  /** The patterns of a call; one instance serves one thread, for one batch after the other. */
  private static final class Patterns {
    private final ScalarFunction function;
    private final Map<String, Compiled> known = new HashMap<>();

    /** Of the last row, whose pattern stood there. */
    private @Nullable Compiled last;

    private int automata;
    private long lastAddress;
    private int lastLength;

    /** Of the row that is looked at; the matcher reads it. */
    private final BoundedText text;

    Patterns(ScalarFunction function) {
      this.function = function;
      this.text = new BoundedText(function);
    }

    /** What was known by address was known of another batch. */
    void beginBatch() {
      last = null;
    }

    /** Whether a row's text matches; {@code use} is asked where an automaton does not know. */
    boolean isMatch(RowArguments arguments, ToTruth use) {
      Compiled compiled = compiled(arguments);
      BytesColumn texts = (BytesColumn) arguments.column(0);
      int row = arguments.row(0);
      long address = texts.addressAt(row);
      int length = texts.lengthAt(row);
      if (!compiled.required.areIn(address, length)) {
        return false;
      }
      if (compiled.asked < ASKED_OFTEN && ++compiled.asked == ASKED_OFTEN) {
        compiled.automaton = automaton(compiled.matcher.pattern());
      }
      return compiled.automaton == null
          ? use.apply(arguments, matcher(arguments))
          : compiled.automaton.accepts(address, length);
    }

    private @Nullable Automaton automaton(Pattern pattern) {
      if (automata == MAX_AUTOMATA) {
        return null;
      }
      automata++;
      boolean whole = function == ScalarFunction.SIMILAR;
      return Automaton.of(pattern.pattern(), whole, whole).orElse(null);
    }

    /** Whether it may be kept: a long text leaves much behind. */
    boolean isSmall() {
      return text.capacity() <= MAX_KEPT_CHARACTERS;
    }

    /** A matcher of a row's pattern over its text, until the next is asked for. */
    Matcher matcher(RowArguments arguments) {
      Compiled compiled = compiled(arguments);
      text.set((BytesColumn) arguments.column(0), arguments.row(0));
      return compiled.matcher.reset(text);
    }

    /** What is made of a row's pattern, which is the last one's mostly. */
    private Compiled compiled(RowArguments arguments) {
      BytesColumn patterns = (BytesColumn) arguments.column(1);
      int row = arguments.row(1);
      long address = patterns.addressAt(row);
      int length = patterns.lengthAt(row);
      Compiled compiled = last;
      if (compiled == null || address != lastAddress || length != lastLength) {
        compiled = compiled(arguments.text(1));
        last = compiled;
        lastAddress = address;
        lastLength = length;
      }
      return compiled;
    }

    TidemillException tooDeep(RowArguments arguments) {
      return ExpressionErrors.invalidPattern(
          function, arguments.text(1), "it needs too much stack for the text");
    }

    private Compiled compiled(String pattern) {
      Compiled compiled = known.get(pattern);
      if (compiled == null) {
        if (known.size() >= MAX_KNOWN) {
          known.clear();
          automata = 0;
        }
        compiled =
            new Compiled(
                compile(pattern).matcher(text),
                function == ScalarFunction.REGEXP_LIKE
                    ? RequiredTexts.of(pattern)
                    : RequiredTexts.NONE);
        known.put(pattern, compiled);
      }
      return compiled;
    }

    private Pattern compile(String text) {
      try {
        return function == ScalarFunction.SIMILAR
            ? Pattern.compile(similar(text), Pattern.DOTALL)
            : Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        throw ExpressionErrors.invalidPattern(
            function,
            text,
            e.getDescription() + (e.getIndex() < 0 ? "" : " near index " + e.getIndex()));
      } catch (StackOverflowError e) {
        throw ExpressionErrors.invalidPattern(function, text, "it is nested too deeply");
      }
    }
  }

  /**
   * SQL's form as Java's: % and _ as in LIKE, the other signs that Java knows and SQL does not
   * taken as they are.
   */
  private static String similar(String pattern) {
    StringBuilder java = new StringBuilder();
    boolean inBrackets = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (inBrackets) {
        inBrackets = c != ']';
        java.append(c == '\\' || c == '&' ? "\\" : "").append(c);
      } else if (c == '%') {
        java.append(".*");
      } else if (c == '_') {
        java.append('.');
      } else if (LITERAL_IN_JAVA.indexOf(c) >= 0) {
        java.append('\\').append(c);
      } else {
        inBrackets = c == '[';
        java.append(c);
      }
    }
    return java.toString();
  }

  static Kernel truth(Call call, ToTruth use) {
    return withPatterns(
        call,
        patterns ->
            RowKernels.truth(
                arguments -> {
                  try {
                    return patterns.isMatch(arguments, use);
                  } catch (StackOverflowError e) {
                    throw patterns.tooDeep(arguments);
                  }
                }));
  }

  static Kernel text(Call call, ToText use) {
    return withPatterns(
        call,
        patterns ->
            RowKernels.text(
                call.type(),
                arguments -> {
                  try {
                    return use.apply(arguments, patterns.matcher(arguments));
                  } catch (StackOverflowError e) {
                    throw patterns.tooDeep(arguments);
                  }
                }));
  }

  static Kernel integer(Call call, ToLong use) {
    return withPatterns(
        call,
        patterns ->
            RowKernels.integer(
                call.type(),
                4,
                arguments -> {
                  try {
                    return use.apply(arguments, patterns.matcher(arguments));
                  } catch (StackOverflowError e) {
                    throw patterns.tooDeep(arguments);
                  }
                }));
  }

  /** What becomes of a text and a pattern is a list of texts, some of them NULL. */
  private interface ToTexts {
    List<@Nullable String> apply(RowArguments arguments, Matcher matcher);
  }

  private static Kernel texts(Call call, ToTexts use) {
    return withPatterns(
        call,
        patterns ->
            (evaluation, rows, values) -> {
              RowArguments arguments = new RowArguments(evaluation, values);
              return RowByRow.compute(
                  evaluation,
                  rows,
                  call.type(),
                  values,
                  row -> {
                    arguments.moveTo(row);
                    try {
                      return use.apply(arguments, patterns.matcher(arguments));
                    } catch (StackOverflowError e) {
                      throw patterns.tooDeep(arguments);
                    }
                  });
            });
  }

  /** {@code REGEXP_EXTRACT_ALL(text, pattern, group)} */
  static Kernel extractAll(Call call) {
    return texts(
        call,
        (arguments, matcher) -> {
          int group = arguments.intAt(2);
          requireGroup(call.function(), matcher, group);
          List<@Nullable String> found = new ArrayList<>();
          while (matcher.find()) {
            found.add(matcher.group(group));
          }
          return found;
        });
  }

  /** {@code REGEXP_SPLIT(text, pattern)}: a match without characters separates two of them. */
  static Kernel split(Call call) {
    return texts(
        call,
        (arguments, matcher) -> {
          String text = arguments.text(0);
          List<@Nullable String> parts = new ArrayList<>();
          int from = 0;
          while (matcher.find()) {
            boolean isEmpty = matcher.end() == matcher.start();
            if (!isEmpty || matcher.start() > from && matcher.start() < text.length()) {
              parts.add(text.substring(from, matcher.start()));
              from = matcher.end();
            }
          }
          parts.add(text.substring(from));
          return parts;
        });
  }

  /** A kernel of patterns that are kept for its next batch, of which several are at work. */
  private static Kernel withPatterns(Call call, Function<Patterns, Kernel> kernel) {
    Queue<Patterns> idle = new ConcurrentLinkedQueue<>();
    return (evaluation, rows, arguments) -> {
      Patterns known = idle.poll();
      Patterns patterns = known == null ? new Patterns(call.function()) : known;
      patterns.beginBatch();
      Value value = kernel.apply(patterns).apply(evaluation, rows, arguments);
      if (patterns.isSmall()) {
        idle.add(patterns);
      }
      return value;
    };
  }

  /** A kernel with a state of its own for each batch. */
  static Kernel perBatch(Supplier<Kernel> kernel) {
    return (evaluation, rows, arguments) -> kernel.get().apply(evaluation, rows, arguments);
  }

  /** All matches replaced; {@code $1} and {@code \1} stand for groups. */
  static String replace(ScalarFunction function, Matcher matcher, String replacement) {
    try {
      return matcher.replaceAll(withDollars(replacement));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ExpressionErrors.invalidArgument(
          function,
          ExpressionErrors.quoted(replacement) + " is no valid replacement: " + e.getMessage());
    }
  }

  /** With {@code $1} for {@code \1}, of which there are one digit; other backslashes are Java's. */
  private static String withDollars(String replacement) {
    if (replacement.indexOf('\\') < 0) {
      return replacement;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      char next = i + 1 < replacement.length() ? replacement.charAt(i + 1) : ' ';
      if (c != '\\' || i + 1 == replacement.length()) {
        text.append(c);
        continue;
      }
      i++;
      boolean isGroup = next >= '0' && next <= '9';
      text.append(isGroup ? '$' : c).append(next);
      if (isGroup && i + 1 < replacement.length() && Character.isDigit(replacement.charAt(i + 1))) {
        text.append('\\').append(replacement.charAt(++i));
      }
    }
    return text.toString();
  }

  /** The group of the first match, null where there is none. */
  static @Nullable String extract(ScalarFunction function, Matcher matcher, int group) {
    requireGroup(function, matcher, group);
    return matcher.find() ? matcher.group(group) : null;
  }

  private static void requireGroup(ScalarFunction function, Matcher matcher, int group) {
    if (group < 0 || group > matcher.groupCount()) {
      throw ExpressionErrors.invalidArgument(
          function,
          "no group "
              + group
              + " in "
              + ExpressionErrors.quoted(matcher.pattern().pattern())
              + ", which has "
              + matcher.groupCount());
    }
  }
}
