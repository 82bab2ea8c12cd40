// Package kucoin reads the prices of KuCoin: one call brings the tickers of all
// markets, another one up to fifteen hundred candles of one market.
//
// Markets are named as the catalogue names them ("TAO-USDT"). A failure comes as HTTP
// 200 with a code other than 200000. The tickers are a snapshot taken every two
// seconds, whose time says nothing about the age of a price in it: quotes carry no
// time, a market without a trade in 24 hours is taken for silent, and a snapshot that
// is minutes old is no answer. Candles come newest first, the close before high and
// low.
package kucoin
