// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// An ordinary ERC-20 token that anybody may mint.
contract OrdinaryToken is ERC20 {
    uint8 private immutable _places;

    constructor(string memory name, string memory symbol, uint8 places) ERC20(name, symbol) {
        _places = places;
    }

    function decimals() public view override returns (uint8) {
        return _places;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// Its transfer can be made to do nothing, without failing: no token moves and no event is there.
contract RefusingToken is OrdinaryToken {
    bool private _isRefusing;
    bool private _answer;

    constructor(
        string memory name,
        string memory symbol,
        uint8 places
    ) OrdinaryToken(name, symbol, places) {}

    function setRefusing(bool isRefusing, bool answer) external {
        _isRefusing = isRefusing;
        _answer = answer;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return _isRefusing ? _answer : super.transfer(to, amount);
    }
}

/// Behaves as Tether does: transfer returns nothing, may cost a fee, and refuses the blacklisted.
contract TetherLike {
    string public constant name = "Tether USD";
    string public constant symbol = "USDT";
    uint8 public constant decimals = 6;

    address public immutable owner = msg.sender;
    uint256 public feeBasisPoints;
    mapping(address => uint256) public balanceOf;
    mapping(address => bool) public isBlackListed;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function setFee(uint256 basisPoints) external {
        feeBasisPoints = basisPoints;
    }

    function setBlackListed(address account, bool listed) external {
        isBlackListed[account] = listed;
    }

    function transfer(address to, uint256 amount) external {
        require(!isBlackListed[msg.sender], "blacklisted");
        uint256 fee = (amount * feeBasisPoints) / 10000;
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount - fee;
        emit Transfer(msg.sender, to, amount - fee);
        if (fee > 0) {
            balanceOf[owner] += fee;
            emit Transfer(msg.sender, owner, fee);
        }
    }
}

/// Emits Transfer events for tokens that do not exist.
contract FakeToken {
    event Transfer(address indexed from, address indexed to, uint256 value);

    function pretend(address from, address to, uint256 amount) external {
        emit Transfer(from, to, amount);
    }

    /// Beside a real payment, in one transaction.
    function payAndPretend(address token, address to, uint256 paid, uint256 pretended) external {
        (bool done, ) = token.call(abi.encodeWithSignature("transfer(address,uint256)", to, paid));
        require(done, "not paid");
        emit Transfer(address(this), to, pretended);
    }
}

/// Pays out ETH in inner calls, which no transaction's own value shows.
contract Forwarder {
    function forward(address payable to) external payable {
        _pay(to, msg.value);
    }

    function forwardToMany(address payable[] calldata recipients) external payable {
        uint256 share = msg.value / recipients.length;
        for (uint256 i = 0; i < recipients.length; i++) {
            _pay(recipients[i], share);
        }
    }

    /// The payment is undone inside of a transaction that succeeds.
    function forwardAndUndo(address payable to) external payable {
        try this.payAndRevert{value: msg.value}(to) {} catch {}
    }

    function payAndRevert(address payable to) external payable {
        _pay(to, msg.value);
        revert("undone");
    }

    /// A delegated call shows the caller's value but moves none.
    function delegate(address to) external payable {
        (bool done, ) = to.delegatecall("");
        require(done);
    }

    function destroyInto(address payable to) external payable {
        new Shell{value: msg.value}(to);
    }

    function _pay(address payable to, uint256 amount) private {
        (bool done, ) = to.call{value: amount}("");
        require(done, "not paid");
    }
}

/// Pays what it was told last, so the same transaction pays something else after another history.
contract Payroll {
    address public token;
    address payable public recipient;
    uint256 public amount;

    receive() external payable {}

    /// No token: ETH.
    function tell(address token_, address payable recipient_, uint256 amount_) external {
        token = token_;
        recipient = recipient_;
        amount = amount_;
    }

    function pay() external {
        bool done;
        if (token == address(0)) {
            (done, ) = recipient.call{value: amount}("");
        } else {
            (done, ) = token.call(
                abi.encodeWithSignature("transfer(address,uint256)", recipient, amount)
            );
        }
        require(done, "not paid");
    }
}

/// Gives a wei of what it is paid, and all that it has of a token, back to whoever pays it.
contract Rebound {
    OrdinaryToken private immutable _token;

    constructor(address token) {
        _token = OrdinaryToken(token);
    }

    receive() external payable {
        (bool done, ) = msg.sender.call{value: 1}("");
        require(done, "not given back");
        _token.transfer(msg.sender, _token.balanceOf(address(this)));
    }
}

/// Sends its ETH by destroying itself as it is made.
contract Shell {
    constructor(address payable to) payable {
        selfdestruct(to);
    }
}
