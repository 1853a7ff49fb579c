/**
 * Calls of user functions: from columns to the parameters of Java methods and back. Start reading
 * at {@link dev.tidemill.exec.user.ScalarFunctionCall} and {@link
 * dev.tidemill.exec.user.AggregateFunctionCall}. Knows no operators.
 */
@NullMarked
package dev.tidemill.exec.user;

import org.jspecify.annotations.NullMarked;
