/**
 * Expressions of the plan, compiled to kernels over columns. Start with {@link
 * dev.tidemill.exec.expression.ExpressionCompiler}; then {@code Node} (how an expression is
 * evaluated), {@code Kernels} (which kernel a call gets) and the classes {@code …Kernels} (the
 * loops). Knows no operator.
 */
@NullMarked
package dev.tidemill.exec.expression;

import org.jspecify.annotations.NullMarked;
