package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import java.util.List;
import java.util.stream.IntStream;

/** What calls become, where it takes no more than casts of the arguments. */
final class Translations {
  private Translations() {}

  static Functions.Translation as(ScalarFunction function) {
    return (arguments, type, position) -> new Call(function, arguments, type);
  }

  static Functions.Translation as(ScalarFunction function, Type... types) {
    return (arguments, type, position) ->
        new Call(
            function,
            IntStream.range(0, arguments.size())
                .mapToObj(i -> Casts.to(types[i], arguments.get(i)))
                .toList(),
            type);
  }

  static Functions.Translation all(ScalarFunction function, Type operandType) {
    return (arguments, type, position) ->
        new Call(function, arguments.stream().map(a -> Casts.to(operandType, a)).toList(), type);
  }

  static Functions.Translation same(ScalarFunction function) {
    return (arguments, type, position) ->
        new Call(function, List.of(Casts.to(type, arguments.get(0))), type);
  }

  static Functions.Translation bits(ScalarFunction function) {
    return (arguments, type, position) ->
        new Call(function, arguments.stream().map(a -> Casts.to(type, a)).toList(), type);
  }

  static Functions.Translation common(ScalarFunction function) {
    return (arguments, type, position) ->
        arguments.size() == 1
            ? Casts.to(type, arguments.get(0))
            : new Call(function, arguments.stream().map(a -> Casts.to(type, a)).toList(), type);
  }

  static Literal text(String text) {
    return new Literal(Type.VARCHAR, text);
  }
}
